/**
 * The pace of a run's pictures. Mostly the camera's stamps are right, and nothing is changed. Where they run at another
 * rate than pictures come (it says 25 a second and sends 21), every length is scaled to arrival; what was wrong until
 * that was seen is caught up with within seconds, by pictures that last longer or shorter. So nothing is lost, nothing
 * is interrupted, and no instant stands twice. Lengths that stamps do not say (StampSpread) are found first.
 */
import { DelayTrend } from './delay-trend';
import { StampSpread } from './stamp-spread';

export interface StampedPictures {
  /** Of the first one, in ticks of the run. */
  startTicks: number;
  durations: readonly number[];
  timescale: number;
}

export interface PacedPictures {
  startTicks: number;
  /** Whole; the same array where the camera's stamps are taken as they are. */
  durations: readonly number[];
  /** Beside what the camera says; composition offsets are scaled by it, too. */
  scale: number;
  /** They last longer or shorter than they should, all or some: what they say of the time holds only behind them. */
  catchesUp: boolean;
  /** From now on the pace is another one, and arrivals from before say nothing about it. */
  isNewPace: boolean;
}

export interface Arrival {
  /** On a clock that nobody sets. */
  atMs: number;
  /**
   * How much later they came than the run's clock says that they were seen, were their end in the run's media time and
   * the length of the first one these.
   */
  lateMs: (mediaEndMs: number, firstMs: number) => number;
  /** How far the run's clock is from the quickest arrivals: below 0 where pictures came before they were seen. */
  errorMs: number;
}

/** A rate that is nearer to the camera's is the camera's: RunClock follows what is left. */
const SAME_RATE = 0.003;
const MOST_SCALE = 200;
/** Pictures that last so long are few: the camera sends one or two a second. */
const FEW_FROM_MS = 300;
/** More than this is not left to RunClock, which creeps. */
const MOST_ERROR_MS = 300;
/** While it catches up a picture lasts at most so many times longer, or shorter by such a part. */
const MOST_LONGER = 1;
const MOST_SHORTER = 0.5;

export class Pace {
  private readonly spread = new StampSpread();
  private readonly trend = new DelayTrend();
  private scale = 1;
  /** By how much the pictures to come last longer in all (shorter, below 0), and by how much those so far did. */
  private owedMs = 0;
  private paidMs = 0;
  private stampedEndTicks: number | undefined;
  private endTicks = 0;
  private remainderTicks = 0;

  /** Of time to what the stamps say; 1 where they are right. */
  get rate(): number {
    return this.scale;
  }

  /** Whether pictures last longer or shorter for a while than they should. */
  get catchesUp(): boolean {
    return this.owedMs !== 0;
  }

  /** Whether lengths were found that stamps do not say. */
  get repairsStamps(): boolean {
    return this.spread.repairing;
  }

  /** Takes the run's next pictures, as the camera stamped them, and how they arrived. */
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

  /** In ticks of the run, at the pace as it is. */
  private startOf(stampedTicks: number): number {
    if (this.stampedEndTicks === undefined) return stampedTicks;
    return Math.round(this.endTicks + Math.max(0, stampedTicks - this.stampedEndTicks) * this.scale);
  }

  /**
   * Looks at pictures before they get their lengths: cameras of one picture a second send few to judge by. True: the
   * pace is another one.
   */
  private arrived(
    { atMs, lateMs, errorMs }: Arrival,
    even: readonly number[],
    startTicks: number,
    timescale: number,
  ): boolean {
    const toMs = (ticks: number): number => (ticks / timescale) * 1000;
    const mediaEndMs = (): number => toMs(this.startOf(startTicks) + total(even) * this.scale);
    // Catching up is our doing: it does not count as the camera's trend.
    const delayMs = atMs - mediaEndMs() + this.paidMs;
    const isFew = toMs(total(even) * this.scale) >= FEW_FROM_MS * even.length;
    const few = this.scale === 1 ? 'unknown' : 'wrong';
    const trend = this.trend.add(atMs, delayMs, isFew ? few : undefined);
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

  /** By how much `lengthMs` of pictures lasts longer, of what is owed. */
  private catchUp(lengthMs: number): number {
    if (this.owedMs === 0 || lengthMs <= 0) return 1;
    const paidMs = Math.min(lengthMs * MOST_LONGER, Math.max(-lengthMs * MOST_SHORTER, this.owedMs));
    this.owedMs -= paidMs;
    this.paidMs += paidMs;
    return 1 + paidMs / lengthMs;
  }

  /** Rounding never adds up: what a picture lost, the next one gets. */
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
