import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { ObjectsModule } from '@vr/objects';
import { CamerasModule } from './cameras/cameras.module';
import { FramesModule } from './frames/frames.module';
import { SnapshotsModule } from './snapshots/snapshots.module';

/** The newest frame of every camera, and snapshots on request: from it, or from the footage. */
@Module({ imports: [MessagingModule.forRoot(), ObjectsModule.forRoot(), CamerasModule, FramesModule, SnapshotsModule] })
export class AppModule {}
