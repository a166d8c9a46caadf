import { Inject, Injectable } from '@nestjs/common';
import { toSeconds } from '@vr/base';
import { cameraId, objectKey, snapshotReady, type SnapshotView } from '@vr/contracts';
import { newestEntries, readRecord, type LibraryRange, type StoredEntry } from '@vr/library';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { mediaPath } from '../objects/media-path';

/** What the record of a snapshot tells, of any version. */
const told = snapshotReady.partial();

/** The snapshots on disk, as their records tell, or as far as their names do. */
@Injectable()
export class StoredSnapshots {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'SNAPSHOTS_DIR' | 'SNAPSHOTS_BUCKET'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'url' | 'keyOf'>,
  ) {}

  /** Newest picture first. */
  async newest({ limit, ...range }: LibraryRange & { limit: number }): Promise<SnapshotView[]> {
    const { beforeMs = Infinity, sinceMs = -Infinity } = range;
    let found: StoredEntry[] = [];
    for await (const day of newestEntries(this.config.SNAPSHOTS_DIR, 'snapshot', 'jpg', range)) {
      const ofDay = day
        .filter(({ timestampMs }) => timestampMs < beforeMs && timestampMs >= sinceMs)
        .sort((a, b) => b.timestampMs - a.timestampMs);
      found = found.concat(ofDay);
      if (found.length >= limit) break;
    }
    return Promise.all(found.slice(0, limit).map((entry) => this.view(entry)));
  }

  private async view(entry: StoredEntry): Promise<SnapshotView> {
    const { key } = entry;
    const bucket = this.config.SNAPSHOTS_BUCKET;
    const recordPath = entry.path.replace(/\.jpg$/, '.json');
    const [url, record] = await Promise.all([
      this.store.url(bucket, key),
      readRecord(recordPath, (content) => told.parse(content)),
    ]);
    return {
      timestamp: toSeconds(entry.timestampMs),
      ...record,
      snapshot_id: entry.id,
      camera_id: cameraId.parse(entry.cameraId),
      bucket,
      key: objectKey.parse(this.store.keyOf(key)),
      url,
      media_path: mediaPath('snapshots', key),
    };
  }
}
