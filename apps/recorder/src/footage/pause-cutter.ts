/** Cuts off what a camera did not send: it paused within a run and went on. A frozen picture is no footage. */
import { cutPause } from '@vr/footage';
import type { TrackFragment } from '@vr/mp4';

const LONG_GOP_MS = 5000;

export class PauseCutter {
  private lastKeyMs: number | undefined;
  private gopMs = Infinity;

  /**
   * Cuts the pause off a fragment that ends with one, in the bytes and in the header. Where the next key frame may be
   * far it cuts nothing: the pictures up to there are worth more than an exact gap.
   * @returns whether it cut
   */
  cut(bytes: Buffer, video: TrackFragment, mediaStartMs: number): boolean {
    if (video.startsWithKey) {
      this.gopMs = mediaStartMs - (this.lastKeyMs ?? -Infinity);
      this.lastKeyMs = mediaStartMs;
    }
    return this.gopMs <= LONG_GOP_MS && cutPause(bytes, video) > 0;
  }
}
