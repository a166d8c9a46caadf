/**
 * Finds whether a run's media time still passes as time does. A camera's time stamps may jump ahead: its clock was set,
 * or its encoder began anew. They may also go back so far that they stand still for seconds. Such a camera left the
 * wall clock at one point, and only a new connection mends it: ffmpeg keeps the old time line and squeezes or stretches
 * what does not fit. What it does NOT do: drift and arrival jitter (RunClock), another rate (Pace), several pictures
 * with one stamp (StampSpread).
 */
import type { TrackFragment } from '@vr/mp4';

/** No picture arrives before it was seen. A camera that rounds its time stamps is ahead by less than this. */
const AHEAD_MS = 2000;
/**
 * While a run is young its pictures come late: ffmpeg examined the stream for up to 5 s, and the camera may send
 * buffered ones.
 */
const YOUNG_MS = 10_000;
const YOUNG_AHEAD_MS = 10_000;
/** Where stamps stand still for a shorter time, several pictures have one stamp. */
const STILL_MS = 3000;
/**
 * Where media time never went this far, the stamps stood still from the beginning. A new connection would bring the
 * same.
 */
const MOVED_MS = 1000;
/** Camera clocks drift. The least delay follows them at most this fast. */
const DRIFT = 500e-6;

export interface TimeLineOptions {
  /** The camera's stamps stood still in earlier runs. Its pictures are then counted, and no new connection is tried. */
  mayStandStill?: boolean;
}

export interface Tear {
  /** What is wrong, as a sentence. */
  why: string;
  /** Whether this fragment can still be written. Later ones cannot. */
  isLastGood: boolean;
}

export class TimeLine {
  private mediaMs = 0;
  private firstArrivalMs: number | undefined;
  private leastDelayMs = Infinity;
  private lastArrivalMs: number | undefined;
  private stillSinceMs: number | undefined;

  constructor(private readonly options: TimeLineOptions = {}) {}

  /**
   * Takes the run's next fragment.
   * @param arrivalMs on a clock that nobody sets
   * @returns undefined, or what is wrong with it: the run must then end
   */
  tornBy(
    { video, mediaStartMs, mediaEndMs }: { video: TrackFragment; mediaStartMs: number; mediaEndMs: number },
    arrivalMs: number,
  ): Tear | undefined {
    this.firstArrivalMs ??= arrivalMs;
    const stillMs = this.standstill(video, arrivalMs);
    this.mediaMs += mediaEndMs - mediaStartMs;
    if (stillMs > STILL_MS && this.mediaMs > MOVED_MS && !this.options.mayStandStill) {
      const pictures = `all pictures of ${Math.round(stillMs)} ms`;
      return {
        why: `the camera's time stamps went back or stand still: ${pictures} are at one instant`,
        isLastGood: true,
      };
    }
    const delayMs = arrivalMs - mediaEndMs;
    const allowedMs = arrivalMs - this.firstArrivalMs < YOUNG_MS ? YOUNG_AHEAD_MS : AHEAD_MS;
    const aheadMs = this.leastDelayMs - delayMs;
    if (aheadMs > allowedMs && Number.isFinite(aheadMs)) {
      return { why: `the camera's time stamps jumped ahead by ${Math.round(aheadMs)} ms`, isLastGood: false };
    }
    this.leastDelayMs = Math.min(this.leastDelayMs + (mediaEndMs - mediaStartMs) * DRIFT, delayMs);
    return undefined;
  }

  /** For how long ffmpeg has given no picture a length. */
  private standstill({ sampleCount, momentarySamples }: TrackFragment, arrivalMs: number): number {
    const lastMs = this.lastArrivalMs ?? arrivalMs;
    this.lastArrivalMs = arrivalMs;
    this.stillSinceMs = momentarySamples === sampleCount ? (this.stillSinceMs ?? lastMs) : undefined;
    return arrivalMs - (this.stillSinceMs ?? arrivalMs);
  }
}
