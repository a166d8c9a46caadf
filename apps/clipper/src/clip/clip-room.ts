import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import type { ClipId } from '@vr/contracts';
import { Room } from '@vr/retention';
import { localObjectFolders } from '@vr/objects';
import { CLOCK, CONFIG, HealthRegistry, type Health } from '@vr/service';
import type { ClipperConfig } from '../config';

/** The janitor looks for those who wait twice a second. */
const PATIENCE_MS = 3000;

type RoomConfig = Pick<
  ClipperConfig,
  | 'CLIPS_DIR'
  | 'RECORDINGS_DIR'
  | 'OBJECTS_DIR'
  | 'MINIO_ENDPOINT'
  | 'OBJECT_PREFIX'
  | 'CLIPS_BUCKET'
  | 'CLIPS_MAX_GB'
  | 'DISK_HIGH_PERCENT'
  | 'DISK_MIN_FREE_GB'
>;

/**
 * A clip's room on the disk, within CLIPS_MAX_GB: that of its files and, where the object store is a folder, of its
 * objects.
 */
@Injectable()
export class ClipRoom {
  private readonly room: Room;
  private readonly hasLocalObjects: boolean;

  constructor(
    @Inject(CONFIG) config: RoomConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(HealthRegistry) health: Pick<HealthRegistry, 'register'>,
  ) {
    health.register('room for clips', () => this.health());
    this.hasLocalObjects = config.MINIO_ENDPOINT === undefined;
    this.room = new Room({
      what: 'clips',
      folder: config.CLIPS_DIR,
      objectFolders: this.hasLocalObjects
        ? localObjectFolders(config.CLIPS_BUCKET, config.OBJECT_PREFIX).map((folder) =>
            join(config.OBJECTS_DIR, folder),
          )
        : [],
      recordingsDir: config.RECORDINGS_DIR,
      maxGb: config.CLIPS_MAX_GB,
      highPercent: config.DISK_HIGH_PERCENT,
      minFreeGb: config.DISK_MIN_FREE_GB,
      clock,
    });
  }

  private health(): Health {
    const { trouble } = this.room;
    return trouble === undefined
      ? { state: 'up', sentence: 'no clip waits for room' }
      : { state: 'degraded', sentence: `of the clips ${trouble}` };
  }

  /** Takes room before the cut. Throws NoRoomError where the janitor made none within seconds. */
  take({ clipId }: { clipId: ClipId }, bytes: number): Promise<void> {
    return this.room.takeSoon(clipId, this.hasLocalObjects ? 2 * bytes : bytes, PATIENCE_MS);
  }

  /** The file is written; its object is still to come. */
  cut({ clipId }: { clipId: ClipId }, bytes: number): void {
    this.room.wrote(clipId, bytes, this.hasLocalObjects ? bytes : 0);
  }

  uploaded({ clipId }: { clipId: ClipId }, bytes: number): void {
    if (this.hasLocalObjects) this.room.wrote(clipId, bytes);
  }

  /** The clip was not cut after all. */
  giveBack({ clipId }: { clipId: ClipId }): void {
    this.room.giveBack(clipId);
  }

  /** Throws NoRoomError where there is none, and none will be made. */
  checkByHand(): Promise<void> {
    return this.room.checkByHand();
  }
}
