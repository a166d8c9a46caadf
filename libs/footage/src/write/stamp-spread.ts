/**
 * Cameras that give several pictures one time stamp. ffmpeg lets the first ones of such a group last a tick and the
 * last one all of the group's time; here each gets its share. The same goes for stamps that went back: ffmpeg squeezes
 * those pictures until the stamps are where they were. They get the length that pictures of this camera usually have.
 * In ticks of the video track, and about lengths only: when the pictures were seen, RunClock and Pace say.
 */

/** ffmpeg's least. */
const MOMENT_TICKS = 1;
/** As long as no picture's length is known: 25 a second. */
const FIRST_USUAL_SECONDS = 0.04;
/** Shares below this part of the usual length are none: the stamps went back. */
const LEAST_SHARE = 0.2;
const LEAST_FIRST_SECONDS = 0.005;
/** How quickly the usual length follows the pictures; slower where it is in doubt. */
const LEARN = 0.2;
const LEARN_IN_DOUBT = 0.1;
/** A picture that stands for a pause says nothing about pictures. */
const PAUSE_TIMES_USUAL = 4;

export class StampSpread {
  private usualTicks: number | undefined;
  /**
   * What the pictures of a group that is not over yet have got beyond what the stamps said. The rest of the group gets
   * so much less.
   */
  private owedTicks = 0;
  private isRepairing = false;

  /** Whether the last fragment had lengths that were none. */
  get repairing(): boolean {
    return this.isRepairing;
  }

  /**
   * The lengths of a fragment's pictures as the stamps have them, made even where those say nothing. The same array
   * where all is well.
   */
  spread(durations: readonly number[], timescale: number): readonly number[] {
    this.isRepairing = this.owedTicks !== 0 || durations.some((ticks) => ticks <= MOMENT_TICKS);
    if (!this.isRepairing) {
      this.learn(durations);
      return durations;
    }
    const even = [...durations];
    for (let from = 0; from < durations.length;) {
      const last = durations.findIndex((ticks, i) => i >= from && ticks > MOMENT_TICKS);
      const end = last < 0 ? durations.length : last + 1;
      even.fill(this.share(durations.slice(from, end), last >= 0, timescale), from, end);
      from = end;
    }
    return even;
  }

  /** What each picture of a group gets. `isWhole`: the stamp of the next picture is another one. */
  private share(group: readonly number[], isWhole: boolean, timescale: number): number {
    const isOne = group.length === 1 && this.owedTicks === 0;
    const usual = this.usualTicks ?? FIRST_USUAL_SECONDS * timescale;
    const least = this.usualTicks === undefined ? LEAST_FIRST_SECONDS * timescale : this.usualTicks * LEAST_SHARE;
    const ticks = group.reduce((sum, each) => sum + each, -this.owedTicks);
    const each = ticks / group.length;
    this.owedTicks = isWhole ? 0 : usual * group.length - ticks;
    if (!isWhole) return usual;
    if (isOne || each >= least) {
      this.learn([each]);
      return each;
    }
    this.usualTicks = usual + (each - usual) * LEARN_IN_DOUBT;
    return usual;
  }

  private learn(durations: readonly number[]): void {
    const mean = durations.reduce((sum, ticks) => sum + ticks, 0) / durations.length;
    if (this.usualTicks === undefined) this.usualTicks = mean;
    else if (mean < this.usualTicks * PAUSE_TIMES_USUAL) this.usualTicks += (mean - this.usualTicks) * LEARN;
  }
}
