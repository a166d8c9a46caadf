import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DAY_MS } from '@vr/base';
import { ContractError, type CameraConfig } from '@vr/contracts';
import { listSegments, readCameraState, type Segment } from '@vr/footage';
import { Pictures, type MomentPicture } from '@vr/pictures';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { FootageArrivals } from './footage-arrivals';
import type { Picture } from './picture';

/** A picture of "now" is at most this old: a key frame and a fragment, with room. */
const NOW_MS = 15_000;
/** Footage of a moment is there this long after it, or the recorder does not bring it. */
const ARRIVAL_MS = 15_000;
/** Another clock may be this far ahead of ours: such a moment is still meant as a past one. */
const SKEW_MS = 3000;

/** Takes pictures in full resolution from the footage. */
@Injectable()
export class FootagePicture {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'RECORDINGS_DIR' | 'RETENTION_DAYS'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FootageArrivals) private readonly arrivals: Pick<FootageArrivals, 'until'>,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
  ) {}

  /** What the camera showed last. Throws `camera_offline` where that is not "now". */
  async now({ id }: CameraConfig): Promise<Picture> {
    const newest = await this.pictures.pictureAt(id, 'newest', 'full');
    if (newest && this.clock.nowMs() - newest.atMs <= NOW_MS) return fromFootage(newest);
    const state = await readCameraState(this.config.RECORDINGS_DIR, id);
    const last = newest ? `its last picture is of ${new Date(newest.atMs).toISOString()}` : 'it has no footage';
    throw new ContractError(
      'camera_offline',
      `camera ${id} shows nothing now (${state?.state ?? 'unknown state'}): ${last}`,
    );
  }

  /**
   * The very frame that the camera showed at a moment. Waits for a frame that is on its way to the disk. Throws
   * `no_footage` or `footage_expired`.
   */
  async at(camera: CameraConfig, momentMs: number): Promise<Picture> {
    const ageMs = this.clock.nowMs() - momentMs;
    if (ageMs < -SKEW_MS)
      throw new ContractError('invalid_payload', 'timestamp: wanted a moment that has been, got one in the future');
    if (ageMs < ARRIVAL_MS) await this.arrivals.until(camera.id, momentMs + 1);
    const found = await this.pictures.pictureAt(camera.id, momentMs, 'full');
    if (found) return fromFootage(found);
    const days = camera.retention_days ?? this.config.RETENTION_DAYS;
    const at = new Date(momentMs).toISOString();
    if (ageMs > days * DAY_MS)
      throw new ContractError(
        'footage_expired',
        `footage of camera ${camera.id} is kept for ${days} days: none is left of ${at}`,
      );
    throw new ContractError(
      'no_footage',
      `camera ${camera.id} has no footage of ${at}; ${await this.nearest(camera.id, momentMs)}`,
    );
  }

  /** By the names of files alone. */
  private async nearest(cameraId: string, momentMs: number): Promise<string> {
    const segments = await listSegments(this.config.RECORDINGS_DIR, cameraId, momentMs - DAY_MS, momentMs + DAY_MS);
    const before = segments.findLast(({ endMs }) => (endMs ?? Infinity) <= momentMs);
    const after = segments.find(({ startMs }) => startMs > momentMs);
    const spans = [before, after].flatMap((segment) => (segment ? [spanOf(segment)] : []));
    return spans.length > 0 ? `the nearest is of ${spans.join(' and of ')}` : 'nor any within a day of it';
  }
}

function fromFootage({ jpeg, width, height, atMs }: MomentPicture): Picture {
  return { jpeg, width, height, capturedMs: Math.round(atMs), source: 'footage' };
}

function spanOf({ startMs, endMs }: Segment): string {
  const instant = (ms: number): string => new Date(ms).toISOString();
  return `${instant(startMs)} to ${endMs === undefined ? 'now' : instant(endMs)}`;
}
