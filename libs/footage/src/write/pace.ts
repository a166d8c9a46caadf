/**
 * The pace of a run's pictures. Mostly the camera's stamps are right, and nothing changes. Some stamps run at another
 * rate than the pictures come: the camera says 25 a second and sends 21. Then every length is scaled to the arrivals.
 * The error up to then is caught up within seconds, by pictures that last longer or shorter. So nothing is lost,
 * nothing is interrupted, and no instant occurs twice. StampSpread first finds the lengths that stamps do not say.
 */
import { DelayTrend } from './delay-trend';
import { StampSpread } from './stamp-spread';

export interface StampedPictures {
  /** Start of the first picture, in ticks of the run. */
  startTicks: number;
  durations: readonly number[];
  timescale: number;
}

export interface PacedPictures {
  startTicks: number;
  /** Whole ticks. It is the same array where the camera's stamps are taken as they are. */
  durations: readonly number[];
  /** Factor on the camera's lengths. Composition offsets are scaled by it, too. */
  scale: number;
  /** All or some last longer or shorter than they should. Only the time behind them is right. */
  catchesUp: boolean;
  /** The pace changes from now on, and earlier arrivals say nothing about it. */
  isNewPace: boolean;
}

export interface Arrival {
  /** On a clock that nobody sets. */
  atMs: number;
  /**
   * How much later they came than the run's clock says that they were seen. The clock is asked with these values: their
   * end in the run's media time, and the length of the first one.
   */
  lateMs: (mediaEndMs: number, firstMs: number) => number;
  /** How far the run's clock is from the quickest arrivals. Below 0, pictures came before they were seen. */
  errorMs: number;
}

/** A rate this near to the camera's counts as the camera's. RunClock follows the rest. */
const SAME_RATE = 0.003;
const MOST_SCALE = 200;
/** Where pictures last this long the camera sends only one or two a second. */
const FEW_FROM_MS = 300;
/** A larger error is not left to RunClock, because RunClock only creeps. */
const MOST_ERROR_MS = 300;
/** While it catches up, a picture grows by at most this factor of its length, or shrinks by at most this part. */
const MOST_LONGER = 1;
const MOST_SHORTER = 0.5;

export class Pace {
  private readonly spread = new StampSpread();
  private readonly trend = new DelayTrend();
  private scale = 1;
  /** By how much the coming pictures last longer in all (below 0: shorter). `paidMs` is the same for those so far. */
  private owedMs = 0;
  private paidMs = 0;
  private stampedEndTicks: number | undefined;
  private endTicks = 0;
  private remainderTicks = 0;

  /** Ratio of time to what the stamps say. It is 1 where they are right. */
  get rate(): number {
    return this.scale;
  }

  /** Whether pictures now last longer or shorter than they should. */
  get catchesUp(): boolean {
    return this.owedMs !== 0;
  }

  /** Whether it found lengths that the stamps do not say. */
  get repairsStamps(): boolean {
    return this.spread.repairing;
  }

  /** Takes the run's next pictures, as the camera stamped them, and their arrival. */
  next({ startTicks, durations, timescale }: StampedPictures, arrival: Arrival): PacedPictures {
    const even = this.spread.spread(durations, timescale);
    const isNewPace = this.arrived(arrival, even, startTicks, timescale);
    const start = this.startOf(startTicks);
    this.stampedEndTicks = startTicks + total(durations);
    const scale = this.scale * this.catchUp((total(even) / timescale) * 1000 * this.scale);
    const paced = even === durations && scale === 1 ? durations : this.whole(even, scale);
    this.endTicks = start + total(paced);
    return { startTicks: start, durations: paced, scale, catchesUp: scale !== this.scale, isNewPace };
  }

  /** In ticks of the run, at the present pace. */
  private startOf(stampedTicks: number): number {
    if (this.stampedEndTicks === undefined) return stampedTicks;
    return Math.round(this.endTicks + Math.max(0, stampedTicks - this.stampedEndTicks) * this.scale);
  }

  /**
   * Looks at pictures before they get their lengths, because cameras of one picture a second send few to judge by.
   * Returns true where the pace changed.
   */
  private arrived(
    { atMs, lateMs, errorMs }: Arrival,
    even: readonly number[],
    startTicks: number,
    timescale: number,
  ): boolean {
    const toMs = (ticks: number): number => (ticks / timescale) * 1000;
    const mediaEndMs = (): number => toMs(this.startOf(startTicks) + total(even) * this.scale);
    // Catching up is our doing, so it does not count as a trend of the camera.
    const delayMs = atMs - mediaEndMs() + this.paidMs;
    const isFew = toMs(total(even) * this.scale) >= FEW_FROM_MS * even.length;
    const trend = this.trend.add(atMs, delayMs, { isFew, isWrong: this.scale !== 1 });
    if (trend) {
      this.follow(this.scale / Math.max(1 / MOST_SCALE, 1 - trend.slope));
      this.trend.forget();
      this.owedMs = lateMs(mediaEndMs(), toMs((even[0] ?? 0) * this.scale)) + trend.delayMs - delayMs;
      return true;
    }
    if (this.catchesUp || Math.abs(errorMs) <= MOST_ERROR_MS) return false;
    this.owedMs = errorMs;
    return true;
  }

  private follow(scale: number): void {
    const isCamera = Math.abs(scale - 1) < SAME_RATE;
    this.scale = isCamera ? 1 : Math.min(MOST_SCALE, Math.max(1 / MOST_SCALE, scale));
  }

  /** Factor by which `lengthMs` of pictures now lasts longer, to pay what is owed. */
  private catchUp(lengthMs: number): number {
    if (this.owedMs === 0 || lengthMs <= 0) return 1;
    const paidMs = Math.min(lengthMs * MOST_LONGER, Math.max(-lengthMs * MOST_SHORTER, this.owedMs));
    this.owedMs -= paidMs;
    this.paidMs += paidMs;
    return 1 + paidMs / lengthMs;
  }

  /** Rounding errors never add up: the next picture gets what this one lost. */
  private whole(durations: readonly number[], scale: number): number[] {
    return durations.map((ticks) => {
      const wanted = ticks * scale + this.remainderTicks;
      const given = Math.max(1, Math.round(wanted));
      this.remainderTicks = wanted - given;
      return given;
    });
  }
}

function total(durations: readonly number[]): number {
  return durations.reduce((sum, ticks) => sum + ticks, 0);
}
