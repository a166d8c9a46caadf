import { Inject, Injectable } from '@nestjs/common';
import { LogGate, SharedWork, type Clock } from '@vr/base';
import type { CameraConfig } from '@vr/contracts';
import { jpegSize, withOrigin } from '@vr/media';
import { CLOCK, LOGGER, type Logger } from '@vr/service';
import { FrameBuffer, type Frame } from '../frames/frame-buffer';
import { FrameFetcher } from '../frames/frame-fetcher';
import { FootagePicture } from './footage-picture';
import type { Picture } from './picture';

/** Requests for one camera within this time get one picture. */
const SHARED_MS = 200;
/** A frame this near to an event shows it, and is there at once; the footage is exact, and half a second late. */
const NEAR_MS = 500;
/** A frame this near will do where the footage has nothing. */
const FAR_MS = 5000;

/** Where a snapshot's picture comes from: a frame message or the footage. */
@Injectable()
export class PictureSource {
  private readonly shared: SharedWork<Picture>;
  private readonly lines: LogGate;

  constructor(
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
    @Inject(FrameBuffer) private readonly frames: Pick<FrameBuffer, 'fresh' | 'nearest'>,
    @Inject(FrameFetcher) private readonly fetcher: Pick<FrameFetcher, 'fetch'>,
    @Inject(FootagePicture) private readonly footage: Pick<FootagePicture, 'now' | 'at'>,
  ) {
    this.shared = new SharedWork(clock, SHARED_MS);
    this.lines = new LogGate(clock);
  }

  /** The newest frame, else the newest footage. */
  now(camera: CameraConfig): Promise<Picture> {
    return this.shared.share(
      `${camera.id} now`,
      async () => (await this.fromFrame(this.frames.fresh(camera.id))) ?? this.footage.now(camera),
    );
  }

  /** A past moment: the exact frame, from the footage. */
  at(camera: CameraConfig, momentMs: number): Promise<Picture> {
    return this.shared.share(`${camera.id} ${momentMs}`, () => this.footage.at(camera, momentMs));
  }

  /** An event's moment: the frame message nearest to it, else the footage, else a frame that is not so near. */
  async ofEvent(camera: CameraConfig, momentMs: number): Promise<Picture> {
    const near = this.frames.nearest(camera.id, momentMs, NEAR_MS);
    const picture = await this.fromFrame(near);
    if (picture) return picture;
    // Kept now: when the footage has failed, the buffer has dropped it.
    const far = this.frames.nearest(camera.id, momentMs, FAR_MS);
    try {
      return await this.at(camera, momentMs);
    } catch (error) {
      const last = await this.fromFrame(far ?? this.frames.nearest(camera.id, momentMs, FAR_MS));
      if (last) return last;
      throw error;
    }
  }

  /** Undefined where the frame's picture cannot be had. */
  private async fromFrame(frame: Frame | undefined): Promise<Picture | undefined> {
    if (!frame) return undefined;
    try {
      const sent = await this.fetcher.fetch(frame);
      const jpeg = withOrigin(sent, { takenMs: frame.timestampMs, camera: frame.cameraId });
      const size = jpegSize(jpeg);
      return size && { jpeg, ...size, capturedMs: frame.timestampMs, source: 'frame' };
    } catch (error) {
      this.sayOnce(frame.cameraId, error);
      return undefined;
    }
  }

  private sayOnce(camera: string, error: unknown): void {
    if (!this.lines.turn(camera)) return;
    this.logger.warn(
      { camera, reason: (error as Error).message },
      'a frame cannot be had: taking the picture from the footage',
    );
  }
}
