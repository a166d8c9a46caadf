import { Inject, Injectable } from '@nestjs/common';
import { Limiter } from '@vr/base';
import { SharedWork } from '@vr/base';
import { ContractError, type CameraConfig, type Clock } from '@vr/contracts';
import { frameOnShow, listSegments, newestFrame, readCameraState, type FrameOnShow, type Segment } from '@vr/footage';
import { jpegFromStream } from '@vr/media';
import { CLOCK, CONFIG } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { FootageArrivals } from './footage-arrivals';
import type { Picture } from './picture';

/** ffmpeg processes at once: the machine is there for recording. */
const AT_ONCE = 2;
/** A picture of "now" is at most this old: a key frame and a fragment, with room. */
const NOW_MS = 15_000;
/** A moment without footage is shown by the nearest picture within this time. */
const NEAR_MS = 1000;
/** Footage of a moment is there this long after it, or the recorder does not bring it. */
const ARRIVAL_MS = 15_000;
/** A clock may be ahead of ours by this much, and the moment still be meant as one that has been. */
const SKEW_MS = 3000;
const DEADLINE_MS = 20_000;
const DECODED_FOR_MS = 1000;
const DAY_MS = 86_400_000;
/** The recorder renames a segment when it closes it, and when its start becomes surer. */
const RENAMES = 3;

/** Pictures in full resolution out of the footage. */
@Injectable()
export class FootagePicture {
  private readonly limiter = new Limiter(AT_ONCE);
  private readonly decoded: SharedWork<Picture>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'RECORDINGS_DIR' | 'RETENTION_DAYS'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FootageArrivals) private readonly arrivals: Pick<FootageArrivals, 'until'>,
  ) {
    this.decoded = new SharedWork(clock, DECODED_FOR_MS);
  }

  /** What the camera showed last. Throws `camera_offline` where that is not "now". */
  async now({ id }: CameraConfig): Promise<Picture> {
    const [picture, frame] = await this.pictureOf(() => newestFrame(this.config.RECORDINGS_DIR, id), (found) => this.clock.nowMs() - found.atMs <= NOW_MS);
    if (picture) return picture;
    const state = await readCameraState(this.config.RECORDINGS_DIR, id);
    const last = frame ? `its last picture is of ${new Date(frame.atMs).toISOString()}` : 'it has no footage';
    throw new ContractError('camera_offline', `camera ${id} shows nothing now (${state?.state ?? 'unknown state'}): ${last}`);
  }

  /** The very frame that the camera showed at a moment; waits for it where it is on its way to the disk. Throws `no_footage` or `footage_expired`. */
  async at(camera: CameraConfig, momentMs: number): Promise<Picture> {
    const ageMs = this.clock.nowMs() - momentMs;
    if (ageMs < -SKEW_MS) throw new ContractError('invalid_payload', 'timestamp: wanted a moment that has been, got one in the future');
    if (ageMs < ARRIVAL_MS) await this.arrivals.until(camera.id, momentMs + 1);
    const [picture] = await this.pictureOf(() => frameOnShow(this.config.RECORDINGS_DIR, camera.id, momentMs, NEAR_MS), () => true);
    if (picture) return picture;
    const days = camera.retention_days ?? this.config.RETENTION_DAYS;
    const at = new Date(momentMs).toISOString();
    if (ageMs > days * DAY_MS) throw new ContractError('footage_expired', `footage of camera ${camera.id} is kept for ${days} days: none is left of ${at}`);
    throw new ContractError('no_footage', `camera ${camera.id} has no footage of ${at}; ${await this.nearest(camera.id, momentMs)}`);
  }

  private async pictureOf(find: () => Promise<FrameOnShow | undefined>, wanted: (frame: FrameOnShow) => boolean): Promise<[Picture?, FrameOnShow?]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const frame = await find();
        if (!frame || !wanted(frame)) return [undefined, frame];
        return [await this.decoded.share(frame.id, () => this.decode(frame)), frame];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt >= RENAMES) throw error;
      }
    }
  }

  private decode(frame: FrameOnShow): Promise<Picture> {
    return this.limiter.run(async () => {
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const decoded = await jpegFromStream({ source: frame.bytes(), mediaSeconds: frame.mediaSeconds, signal });
      return { ...decoded, capturedMs: Math.round(frame.atMs), source: 'footage' };
    });
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

function spanOf({ startMs, endMs }: Segment): string {
  const instant = (ms: number): string => new Date(ms).toISOString();
  return `${instant(startMs)} to ${endMs === undefined ? 'now' : instant(endMs)}`;
}
