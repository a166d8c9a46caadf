import { Inject, Injectable } from '@nestjs/common';
import { SharedWork } from '@vr/base';
import type { Clock } from '@vr/contracts';
import { frameOnShow } from '@vr/footage';
import { jpegFromStream } from '@vr/media';
import { CLOCK, CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';

const WIDTH_PX = 640;
const QUALITY = 85;
/** A moment without footage is shown by the nearest picture within this time. */
const NEAR_MS = 1000;
/** Events of a burst come within this time. Of each frame some 60 kB are held meanwhile. */
const HELD_MS = 5000;
/** The recorder renames a segment when it closes it, and when its start becomes surer. */
const RENAMES = 3;

/** Small pictures of events' moments out of the footage. A frame is decoded once, however many events it shows: fifty detectors may see one visitor. */
@Injectable()
export class ClipThumbnails {
  private readonly decoded: SharedWork<Buffer>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.decoded = new SharedWork(clock, HELD_MS);
  }

  /** A JPEG of what the camera showed at the moment; undefined where there is no footage of it. */
  async at(cameraId: string, momentMs: number): Promise<Buffer | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const frame = await frameOnShow(this.config.RECORDINGS_DIR, cameraId, momentMs, NEAR_MS);
        return frame && (await this.decoded.share(frame.id, async () => {
          // Without the job's signal: it is the work of all who share it, and ends by its own deadline.
          const { jpeg } = await jpegFromStream({ source: frame.bytes(), mediaSeconds: frame.mediaSeconds, quality: QUALITY, widthPx: WIDTH_PX });
          return jpeg;
        }));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt >= RENAMES) throw error;
      }
    }
  }
}
