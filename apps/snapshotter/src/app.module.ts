import { Module } from '@nestjs/common';
import { MessagingModule } from '@vr/messaging';
import { ObjectsModule } from '@vr/objects';
import { CamerasModule } from './cameras.module';
import { SnapshotsModule } from './snapshots/snapshots.module';

/** Snapshots of every event and on request, from frame messages or from the footage. */
@Module({ imports: [MessagingModule.forRoot(), ObjectsModule.forRoot(), CamerasModule, SnapshotsModule] })
export class AppModule {}
