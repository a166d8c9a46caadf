import { Inject, Injectable } from '@nestjs/common';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';
import type { Stored } from './retention-plan';
import { parseClipName, parseSnapshotName } from './stored-names';

export interface ObjectPlace {
  bucket: string;
  key: string;
}

/** Objects of buckets whose server does not expire them itself (the local store, servers without lifecycle rules). */
@Injectable()
export class ExpiredObjectsAdapter {
  private bucketsAreThere = false;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<JanitorConfig, 'CLIPS_BUCKET' | 'SNAPSHOTS_BUCKET' | 'CLIP_RETENTION_DAYS' | 'SNAPSHOT_RETENTION_DAYS'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'ensureBucket' | 'supportsLifecycle' | 'list' | 'remove'>,
  ) {}

  async read(): Promise<Stored<ObjectPlace>[]> {
    const { CLIPS_BUCKET, SNAPSHOTS_BUCKET, CLIP_RETENTION_DAYS, SNAPSHOT_RETENTION_DAYS } = this.config;
    if (!this.bucketsAreThere) {
      await this.store.ensureBucket(CLIPS_BUCKET, CLIP_RETENTION_DAYS);
      await this.store.ensureBucket(SNAPSHOTS_BUCKET, SNAPSHOT_RETENTION_DAYS);
      this.bucketsAreThere = true;
    }
    return [...(await this.readBucket(CLIPS_BUCKET, 'clip_object', parseClipName)), ...(await this.readBucket(SNAPSHOTS_BUCKET, 'snapshot_object', parseSnapshotName))];
  }

  async remove({ bucket, key }: ObjectPlace): Promise<boolean> {
    await this.store.remove(bucket, key);
    return true;
  }

  private async readBucket(bucket: string, kind: 'clip_object' | 'snapshot_object', parse: typeof parseClipName): Promise<Stored<ObjectPlace>[]> {
    if (await this.store.supportsLifecycle(bucket)) return [];
    const stored: Stored<ObjectPlace>[] = [];
    for await (const { key, sizeBytes, lastModifiedMs } of this.store.list(bucket, '')) {
      const [cameraId = '', day = '', fileName = '', ...rest] = key.split('/');
      const name = rest.length === 0 ? parse(fileName, cameraId, day) : undefined;
      if (!name) continue;
      const endMs = Math.max(name.timestampMs, lastModifiedMs);
      stored.push({ kind, cameraId, startMs: name.timestampMs, endMs, sizeBytes, onRecordingsDisk: false, whenFull: 'never', place: { bucket, key } });
    }
    return stored;
  }
}
