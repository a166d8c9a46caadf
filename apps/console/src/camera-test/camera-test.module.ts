import { Module } from '@nestjs/common';
import { CamerasModule } from '../cameras/cameras.module';
import { CameraTestController } from './camera-test.controller';

@Module({ imports: [CamerasModule], controllers: [CameraTestController] })
export class CameraTestModule {}
