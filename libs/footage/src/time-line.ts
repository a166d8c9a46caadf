/**
 * Whether a run's media time still goes as time goes. A camera whose time stamps jump (its clock was set, its encoder began anew) or
 * stand still makes media time and the wall clock part in one fragment; what was recorded after that would be stamped wrongly. Only a
 * new connection mends it: ffmpeg keeps to the old time line and squeezes or stretches what does not fit.
 * What it does NOT do: drift and arrival jitter, which RunClock evens out.
 */
import type { TrackFragment } from './fragment-header';

/** No picture arrives before it was seen. Less than this is a camera that rounds its time stamps. */
const AHEAD_MS = 2000;
/** While a run is young its pictures come late: ffmpeg looked at the stream for up to 5 s, and the camera may send buffered ones. */
const YOUNG_MS = 10_000;
const YOUNG_AHEAD_MS = 10_000;
/** At a run's beginning ffmpeg guesses the order of B-frames, and a few pictures get no time of their own. */
const GUESSING_MS = 2000;
const MOST_MOMENTARY = 2;
/** Camera clocks drift; the least delay follows them at most so fast. */
const DRIFT = 500e-6;

export class TimeLine {
  private mediaMs = 0;
  private firstArrivalMs: number | undefined;
  private leastDelayMs = Infinity;

  /**
   * Takes the run's next fragment.
   * @param arrivalMs on a clock that nobody sets
   * @returns undefined, or what is wrong with it, as a sentence: it must not be written, and the run must end
   */
  tornBy({ video, mediaStartMs, mediaEndMs }: { video: TrackFragment; mediaStartMs: number; mediaEndMs: number }, arrivalMs: number): string | undefined {
    this.firstArrivalMs ??= arrivalMs;
    this.mediaMs += mediaEndMs - mediaStartMs;
    if (this.mediaMs > GUESSING_MS && video.momentarySamples > MOST_MOMENTARY) {
      return `the camera's time stamps went back or stand still: ${video.momentarySamples} of ${video.sampleCount} pictures at one instant`;
    }
    const delayMs = arrivalMs - mediaEndMs;
    const allowedMs = arrivalMs - this.firstArrivalMs < YOUNG_MS ? YOUNG_AHEAD_MS : AHEAD_MS;
    const aheadMs = this.leastDelayMs - delayMs;
    if (aheadMs > allowedMs && Number.isFinite(aheadMs)) return `the camera's time stamps jumped ahead by ${Math.round(aheadMs)} ms`;
    this.leastDelayMs = Math.min(this.leastDelayMs + (mediaEndMs - mediaStartMs) * DRIFT, delayMs);
    return undefined;
  }
}
