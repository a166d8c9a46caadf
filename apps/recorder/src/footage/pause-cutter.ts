/** Cuts off the time in which a camera paused within a run, because a frozen picture is no footage. */
import { cutPause } from '@vr/footage';
import type { TrackFragment } from '@vr/mp4';

const LONG_GOP_MS = 5000;

export class PauseCutter {
  private lastKeyMs: number | undefined;
  private gopMs = Infinity;

  /**
   * If a fragment ends with a pause, cuts the pause off in the bytes and in the header. It cuts nothing if the next key
   * frame may be far: the pictures up to there are worth more than an exact gap.
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
