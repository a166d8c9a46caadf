import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { SnapshotFolder } from '@vr/library';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG, LOGGER, RequestLimits, type Logger } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { PicturesModule } from '../pictures/pictures.module';
import { RefusedSnapshots } from './refused-snapshots';
import { SnapshotDelivery } from './snapshot-delivery';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotController } from './snapshot.controller';
import { SnapshotIntake } from './snapshot-intake';
import { SnapshotRoom } from './snapshot-room';
import { SnapshotOutbox } from './snapshot-outbox';
import { SnapshotTaker } from './snapshot-taker';

const folder = {
  provide: SnapshotFolder,
  inject: [CONFIG, LOGGER],
  useFactory: async (config: SnapshotterConfig, logger: Logger): Promise<SnapshotFolder> => {
    const snapshots = new SnapshotFolder(config.SNAPSHOTS_DIR, logger);
    await snapshots.removeLeftovers();
    return snapshots;
  },
};

@Module({
  imports: [PicturesModule],
  controllers: [SnapshotController],
  providers: [
    RequestLimits,
    SnapshotIntake,
    SnapshotOutbox,
    SnapshotTaker,
    SnapshotRoom,
    SnapshotDelivery,
    folder,
    SnapshotMetrics,
    RefusedSnapshots,
  ],
})
export class SnapshotsModule implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: SnapshotterConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
  ) {}

  /**
   * In the background: the worker starts also while the store is away. The first upload then makes the bucket.
   */
  onApplicationBootstrap(): void {
    const { SNAPSHOTS_BUCKET, SNAPSHOT_RETENTION_DAYS } = this.config;
    void this.store.ensureBucket(SNAPSHOTS_BUCKET, SNAPSHOT_RETENTION_DAYS).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the bucket for snapshots cannot be made ready: the first upload tries again');
    });
  }
}
