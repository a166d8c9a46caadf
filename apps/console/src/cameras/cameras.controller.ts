import { Controller, Get, Inject } from '@nestjs/common';
import type { CamerasAnswer } from '@vr/contracts';
import { CamerasService } from './cameras-service';

@Controller('api/cameras')
export class CamerasController {
  constructor(@Inject(CamerasService) private readonly cameras: CamerasService) {}

  @Get()
  async list(): Promise<CamerasAnswer> {
    return { cameras: await this.cameras.list() };
  }
}
