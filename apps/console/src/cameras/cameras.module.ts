import { Module } from '@nestjs/common';
import { CameraRoster } from '@vr/service';
import { CamerasController } from './cameras.controller';
import { CamerasService } from './cameras.service';

@Module({ controllers: [CamerasController], providers: [CameraRoster, CamerasService], exports: [CameraRoster] })
export class CamerasModule {}
