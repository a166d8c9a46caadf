import { Module } from '@nestjs/common';
import { CameraRoster } from '@vr/service';
import { CamerasController } from './cameras.controller';
import { CamerasService } from './cameras.service';
import { StillService } from './still.service';

@Module({ controllers: [CamerasController], providers: [CameraRoster, CamerasService, StillService], exports: [CameraRoster] })
export class CamerasModule {}
