import { Module } from '@nestjs/common';
import { CameraRoster } from './camera-roster.adapter';

@Module({ providers: [CameraRoster], exports: [CameraRoster] })
export class CamerasModule {}
