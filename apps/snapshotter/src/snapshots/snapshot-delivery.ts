import { Inject, Injectable } from '@nestjs/common';
import {
  objectKey,
  readyOf,
  SUBJECTS,
  toErrorBody,
  type SnapshotFailed,
  type SnapshotReady,
  type SnapshotRecord,
  type TakenSnapshot,
} from '@vr/contracts';
import { SnapshotFolder } from '@vr/library';
import { Publisher } from '@vr/messaging';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';

export type Failure = Pick<SnapshotRecord, 'camera_id' | 'request_id' | 'event_id' | 'timestamp'>;

/** Stores a snapshot's object, verified, and then sends its message. Doing it twice does no harm. */
@Injectable()
export class SnapshotDelivery {
  constructor(
    @Inject(SnapshotFolder) private readonly folder: Pick<SnapshotFolder, 'picturePath'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'putFile' | 'url' | 'keyOf'>,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
  ) {}

  async upload(record: TakenSnapshot, signal: AbortSignal): Promise<SnapshotReady> {
    const { bucket, key, sha256, size_bytes: sizeBytes } = record;
    const metadata = {
      camera: record.camera_id,
      captured_at: new Date(record.captured_at * 1000).toISOString(),
      reason: record.reason,
      source_of_image: record.source_of_image,
      ...(record.event_id !== undefined && { event_id: record.event_id }),
    };
    await this.store.putFile(
      bucket,
      key,
      await this.folder.picturePath(record),
      { contentType: 'image/jpeg', sha256, sizeBytes, metadata },
      signal,
    );
    return { ...readyOf(record, await this.store.url(bucket, key)), key: objectKey.parse(this.store.keyOf(key)) };
  }

  async announce(ready: SnapshotReady): Promise<void> {
    await this.publisher.publish(SUBJECTS.snapshotReady, ready);
  }

  async announceFailure(wanted: Failure, error: unknown): Promise<void> {
    await this.publisher.publish(SUBJECTS.snapshotFailed, failureOf(wanted, error));
  }
}

export function failureOf({ camera_id, request_id, event_id, timestamp }: Failure, error: unknown): SnapshotFailed {
  return { camera_id, request_id, event_id, ...toErrorBody(error), timestamp };
}
