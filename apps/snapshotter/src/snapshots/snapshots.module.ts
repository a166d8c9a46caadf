import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import { CamerasModule } from '../cameras/cameras.module';
import type { SnapshotterConfig } from '../config';
import { FramesModule } from '../frames/frames.module';
import { FootagePicture } from './footage-picture';
import { SnapshotFolder } from './snapshot-folder.adapter';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotController } from './snapshot.controller';
import { SnapshotService } from './snapshot.service';

@Module({
  imports: [CamerasModule, FramesModule],
  controllers: [SnapshotController],
  providers: [SnapshotService, FootagePicture, SnapshotFolder, SnapshotMetrics],
})
export class SnapshotsModule implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: SnapshotterConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
  ) {}

  /** In the background: a store that is away does not keep the worker from starting, and the first upload makes the bucket. */
  onApplicationBootstrap(): void {
    const { SNAPSHOTS_BUCKET, SNAPSHOT_RETENTION_DAYS } = this.config;
    void this.store.ensureBucket(SNAPSHOTS_BUCKET, SNAPSHOT_RETENTION_DAYS).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the bucket for snapshots cannot be made ready: the first upload tries again');
    });
  }
}
