import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { ClaimedSnapshot } from '@vr/contracts';
import { Room } from '@vr/retention';
import { localObjectFolders } from '@vr/objects';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';

type RoomConfig = Pick<
  SnapshotterConfig,
  | 'SNAPSHOTS_DIR'
  | 'RECORDINGS_DIR'
  | 'OBJECTS_DIR'
  | 'MINIO_ENDPOINT'
  | 'OBJECT_PREFIX'
  | 'SNAPSHOTS_BUCKET'
  | 'SNAPSHOTS_MAX_GB'
  | 'DISK_HIGH_PERCENT'
  | 'DISK_MIN_FREE_GB'
>;

/** A picture in full resolution takes less, most of the time. */
const PICTURE_BYTES = 500_000;
/** A request waits for its answer so long; the janitor makes room within a second. */
const PATIENCE_MS = 4000;

/**
 * A snapshot's room on the disk, within SNAPSHOTS_MAX_GB: that of its picture and, where the object store is a folder,
 * of its object.
 */
@Injectable()
export class SnapshotRoom {
  private readonly room: Room;
  private readonly copies: number;

  constructor(@Inject(CONFIG) config: RoomConfig, @Inject(CLOCK) clock: Clock) {
    const isLocal = config.MINIO_ENDPOINT === undefined;
    this.copies = isLocal ? 2 : 1;
    this.room = new Room({
      what: 'snapshots',
      folder: config.SNAPSHOTS_DIR,
      objectFolders: isLocal
        ? localObjectFolders(config.SNAPSHOTS_BUCKET, config.OBJECT_PREFIX).map((folder) =>
            join(config.OBJECTS_DIR, folder),
          )
        : [],
      recordingsDir: config.RECORDINGS_DIR,
      maxGb: config.SNAPSHOTS_MAX_GB,
      highPercent: config.DISK_HIGH_PERCENT,
      minFreeGb: config.DISK_MIN_FREE_GB,
      clock,
    });
  }

  /**
   * Takes room before the picture is decoded. Throws NoRoomError: for an event at once, because it comes again; for a
   * request when no room was made within seconds.
   */
  take({ snapshot_id: id, moment }: Pick<ClaimedSnapshot, 'snapshot_id' | 'moment'>): Promise<void> {
    const bytes = PICTURE_BYTES * this.copies;
    return moment === 'event' ? this.room.take(id, bytes) : this.room.takeSoon(id, bytes, PATIENCE_MS);
  }

  /** The picture is written; its object follows. */
  wrote({ snapshot_id: id }: Pick<ClaimedSnapshot, 'snapshot_id'>, bytes: number): void {
    this.room.wrote(id, bytes * this.copies);
  }

  giveBack({ snapshot_id: id }: Pick<ClaimedSnapshot, 'snapshot_id'>): void {
    this.room.giveBack(id);
  }

  /** Throws NoRoomError where there is none, and none will be made. */
  checkByHand(): Promise<void> {
    return this.room.checkByHand();
  }
}
