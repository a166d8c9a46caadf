/** A camera that sends nothing for a while and goes on, within one run. A frozen picture is no footage. */
import { cutPause } from '@vr/footage';
import { type TrackFragment } from '@vr/mp4';

const LONG_GOP_MS = 5000;

export class Pauses {
  private lastKeyMs: number | undefined;
  private gopMs = Infinity;

  /**
   * Whether the fragment ends with a pause; it is then cut off, in the bytes and in the header. Not where the next key
   * frame may be far: what follows is worth more than saying so.
   */
  endsWithOne(bytes: Buffer, video: TrackFragment, mediaStartMs: number): boolean {
    if (video.startsWithKey) {
      this.gopMs = mediaStartMs - (this.lastKeyMs ?? -Infinity);
      this.lastKeyMs = mediaStartMs;
    }
    return this.gopMs <= LONG_GOP_MS && cutPause(bytes, video) > 0;
  }
}
