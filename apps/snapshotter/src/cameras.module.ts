import { Global, Module } from '@nestjs/common';
import { CameraRoster } from '@vr/service';

@Global()
@Module({ providers: [CameraRoster], exports: [CameraRoster] })
export class CamerasModule {}
