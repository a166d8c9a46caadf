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
}

export interface Arrival {
  /** On a clock that nobody sets. */
  atMs: number;
  /** The end of what arrived, in the run's media time as `next` gave it. */
  mediaEndMs: number;
  /** How much later it came than the run's clock says that it was seen. */
  lateMs: number;
  /** How far the run's clock is from the quickest arrivals: below 0 where pictures came before they were seen. */
  errorMs: number;
}

/** A rate that is nearer to the camera's is the camera's: RunClock follows what is left. */
const SAME_RATE = 0.003;
const MOST_SCALE = 200;
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

  /** Takes the run's next pictures, as the camera stamped them. */
  next({ startTicks, durations, timescale }: StampedPictures): PacedPictures {
    const even = this.spread.spread(durations, timescale);
    const missingTicks = Math.max(0, startTicks - (this.stampedEndTicks ?? startTicks)) * this.scale;
    const start = this.stampedEndTicks === undefined ? startTicks : Math.round(this.endTicks + missingTicks);
    this.stampedEndTicks = startTicks + total(durations);
    const scale = this.scale * this.catchUp((total(even) / timescale) * 1000 * this.scale);
    const paced = even === durations && scale === 1 ? durations : this.whole(even, scale);
    this.endTicks = start + total(paced);
    return { startTicks: start, durations: paced, scale, catchesUp: scale !== this.scale };
  }

  /**
   * Takes what became of them. True: from now on the pace is another one, and arrivals from before say nothing about
   * it.
   */
  arrived({ atMs, mediaEndMs, lateMs, errorMs }: Arrival): boolean {
    // Catching up is our doing: it does not count as the camera's trend.
    const delayMs = atMs - mediaEndMs + this.paidMs;
    const trend = this.trend.add(atMs, delayMs);
    if (trend) {
      this.follow(this.scale / Math.max(1 / MOST_SCALE, 1 - trend.slope));
      this.trend.forget();
      this.owedMs = lateMs + trend.delayMs - delayMs;
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
