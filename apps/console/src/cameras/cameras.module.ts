import { Module } from '@nestjs/common';
import { CameraFolders, CameraRoster } from '@vr/service';
import { CamerasController } from './cameras.controller';
import { CamerasService } from './cameras-service';

@Module({
  controllers: [CamerasController],
  providers: [CameraRoster, CameraFolders, CamerasService],
  exports: [CameraRoster, CamerasService],
})
export class CamerasModule {}
