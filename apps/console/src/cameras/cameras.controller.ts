import { Controller, Get, Inject } from '@nestjs/common';
import { CamerasService, type CameraView } from './cameras-service';

@Controller('api/cameras')
export class CamerasController {
  constructor(@Inject(CamerasService) private readonly cameras: CamerasService) {}

  @Get()
  async list(): Promise<{ cameras: CameraView[] }> {
    return { cameras: await this.cameras.list() };
  }
}
