import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import type { CameraConfig, ClaimedSnapshot, TakenSnapshot } from '@vr/contracts';
import { SnapshotFolder } from '@vr/library';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Picture } from '../pictures/picture';
import { PictureSource } from '../pictures/picture-source';
import { SnapshotRoom } from './snapshot-room';

/**
 * A request for "now" that could not be served for this long (the worker was down) gets its moment from the footage.
 */
const NOW_MS = 2000;

/** Takes the picture of a claimed snapshot and puts it on disk, whole. */
@Injectable()
export class SnapshotTaker {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'find'>,
    @Inject(PictureSource) private readonly pictures: Pick<PictureSource, 'now' | 'at' | 'ofEvent'>,
    @Inject(SnapshotFolder) private readonly folder: Pick<SnapshotFolder, 'keepPicture' | 'write'>,
    @Inject(SnapshotRoom) private readonly room: Pick<SnapshotRoom, 'take' | 'wrote' | 'giveBack'>,
  ) {}

  /** Throws NoRoomError where its budget is full. */
  async take(claimed: ClaimedSnapshot): Promise<TakenSnapshot> {
    const camera = knownCamera(this.cameras, claimed.camera_id);
    await this.room.take(claimed);
    try {
      const taken = await this.takeInRoom(claimed, camera);
      this.room.wrote(claimed, taken.size_bytes);
      return taken;
    } catch (error) {
      this.room.giveBack(claimed);
      throw error;
    }
  }

  private async takeInRoom(claimed: ClaimedSnapshot, camera: CameraConfig): Promise<TakenSnapshot> {
    const { jpeg, width, height, capturedMs, source } = await this.picture(camera, claimed);
    await this.folder.keepPicture(claimed, jpeg);
    const taken: TakenSnapshot = {
      ...claimed,
      state: 'taken',
      source_of_image: source,
      captured_at: toSeconds(capturedMs),
      width,
      height,
      size_bytes: jpeg.length,
      sha256: createHash('sha256').update(jpeg).digest('hex'),
    };
    await this.folder.write(taken);
    return taken;
  }

  private picture(camera: CameraConfig, { moment, timestamp, claimed_at }: ClaimedSnapshot): Promise<Picture> {
    const momentMs = Math.round(timestamp * 1000);
    if (moment === 'event') return this.pictures.ofEvent(camera, momentMs);
    if (moment === 'now' && this.clock.nowMs() - claimed_at * 1000 < NOW_MS) return this.pictures.now(camera);
    return this.pictures.at(camera, momentMs);
  }
}
