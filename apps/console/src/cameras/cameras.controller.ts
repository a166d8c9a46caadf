import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { CamerasAnswer } from '@vr/contracts';
import type { Request } from 'express';
import { principalOf } from '../access/principal';
import { CamerasService } from './cameras-service';

@Controller('api/cameras')
export class CamerasController {
  constructor(@Inject(CamerasService) private readonly cameras: CamerasService) {}

  @Get()
  async list(@Req() request: Request): Promise<CamerasAnswer> {
    const { sees } = principalOf(request);
    return { cameras: await this.cameras.list(sees) };
  }
}
