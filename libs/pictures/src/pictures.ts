/**
 * What a camera showed at a moment, as a JPEG. Console, clipper and snapshotter all get it here. libs/footage finds the
 * frame and libs/media decodes it. This room keeps that from taking the machine: it limits the decoders of a worker and
 * its queue, decodes once for all who want the same frame, and stops when nobody waits any more.
 */
import { errorCode, Limiter, QueueFullError, SharedWork, type Clock } from '@vr/base';
import { BusyError } from '@vr/contracts';
import { frameOnShow, newestFrame, newestKeyFrame, type FrameOnShow } from '@vr/footage';
import { jpegFromStream, withOrigin } from '@vr/media';
import { KeptPictures } from './kept-pictures';

/**
 * A number: the frame on show at that time, epoch ms. `newest_key`: the last key frame, which is up to a GOP older than
 * `newest` and many times cheaper.
 */
export type Moment = number | 'newest' | 'newest_key';
/** `full`: as the camera sent it. `small`: 640 pixels wide, for pages. The others: under the cursor of a time line. */
export type PictureSize = keyof typeof SIZES;

export interface MomentPicture {
  jpeg: Buffer;
  width: number;
  height: number;
  /** When the frame was first shown, epoch ms. */
  atMs: number;
  /** Whether the same question will have this answer for as long as the footage is kept. */
  isFinal: boolean;
}

export interface PicturesOptions {
  recordingsDir: string;
  clock: Pick<Clock, 'monotonicMs'>;
  /** ffmpeg processes at once. Each takes 80 MB for a picture of 1080p, 130 to 200 MB for one of 4K. */
  decoders: number;
  /** How many may wait for a decoder. Above it: BusyError. */
  mostWaiting?: number;
}

type Decoded = Pick<MomentPicture, 'jpeg' | 'width' | 'height'>;

const SIZES = {
  full: { quality: 95 },
  small: { quality: 85, widthPx: 640 },
  thumb320: { quality: 80, widthPx: 320 },
  thumb160: { quality: 75, widthPx: 160 },
};
/** For a moment without footage the nearest frame is taken, if it is no further away than this. */
const NEAR_MS = 1000;
/** Retention may delete the segment of a frame that was just found. The next try finds what is nearest now. */
const TRIES = 3;
const KEPT_BYTES = 8_000_000;
/** A frame's end and the moment are both rounded. */
const ROUNDING_MS = 0.5;
/** The guess before anything was decoded. */
const USUAL_MS = 200;
const LONGEST_WAIT_MS = 60_000;

export class Pictures {
  private readonly decoders: Limiter;
  private readonly asked: SharedWork<MomentPicture | undefined>;
  private readonly decoding: SharedWork<Decoded>;
  private readonly kept = new KeptPictures<Decoded>(KEPT_BYTES);
  /** How long a picture took lately. */
  private usualMs = USUAL_MS;

  constructor(private readonly options: PicturesOptions) {
    this.decoders = new Limiter(options.decoders, options.mostWaiting);
    this.asked = new SharedWork(options.clock);
    this.decoding = new SharedWork(options.clock);
  }

  /**
   * Undefined where there is no footage of the moment. Whoever aborts his signal stops waiting; once all who want the
   * same frame have done so, its decoder is stopped. Rejects with a MediaError where the frame does not decode, with
   * BusyError where too many wait.
   */
  pictureAt(
    cameraId: string,
    moment: Moment,
    size: PictureSize,
    signal?: AbortSignal,
  ): Promise<MomentPicture | undefined> {
    return this.asked.share(
      `${cameraId} ${moment} ${size}`,
      (wanted) => this.inTurn(() => this.take(cameraId, moment, size, wanted), wanted),
      signal,
    );
  }

  private async inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.decoders.run(work, signal);
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      const waitMs = Math.min(LONGEST_WAIT_MS, (this.decoders.waiting * this.usualMs) / this.options.decoders);
      throw new BusyError(
        `too many pictures are asked for at once: ${this.decoders.waiting} wait already; ask again later`,
        waitMs,
      );
    }
  }

  private async take(
    cameraId: string,
    moment: Moment,
    size: PictureSize,
    signal: AbortSignal,
  ): Promise<MomentPicture | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const frame = await this.find(cameraId, moment);
        if (!frame) return undefined;
        const key = `${frame.id} ${size}`;
        const decoded =
          this.kept.get(key) ??
          (await this.decoding.share(key, (wanted) => this.decode(cameraId, frame, size, wanted), signal));
        this.kept.keep(key, decoded);
        return { ...decoded, atMs: frame.atMs, isFinal: isFinal(frame, moment) };
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt >= TRIES) throw error;
      }
    }
  }

  private find(cameraId: string, moment: Moment): Promise<FrameOnShow | undefined> {
    const { recordingsDir } = this.options;
    if (moment === 'newest') return newestFrame(recordingsDir, cameraId);
    if (moment === 'newest_key') return newestKeyFrame(recordingsDir, cameraId);
    return frameOnShow(recordingsDir, cameraId, moment, NEAR_MS);
  }

  private async decode(cameraId: string, frame: FrameOnShow, size: PictureSize, signal: AbortSignal): Promise<Decoded> {
    const begunMs = this.options.clock.monotonicMs();
    const decoded = await jpegFromStream({
      source: frame.bytes(),
      mediaSeconds: frame.mediaSeconds,
      signal,
      ...SIZES[size],
    });
    this.usualMs = 0.8 * this.usualMs + 0.2 * (this.options.clock.monotonicMs() - begunMs);
    return { ...decoded, jpeg: withOrigin(decoded.jpeg, { takenMs: frame.atMs, camera: cameraId }) };
  }
}

/** In an open segment, or beside a frame, something nearer to the moment may still come. */
function isFinal({ atMs, endMs, isClosed }: FrameOnShow, moment: Moment): boolean {
  return typeof moment === 'number' && isClosed && moment >= atMs - ROUNDING_MS && moment < endMs - ROUNDING_MS;
}
