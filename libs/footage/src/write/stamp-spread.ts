/**
 * Finds lengths for pictures whose stamps do not say them. Some cameras give several pictures one time stamp. ffmpeg
 * lets the first ones of such a group last a tick and the last one all of the group's time. Here each gets its share.
 * Stamps that went back are similar: ffmpeg squeezes those pictures until the stamps are where they were. They get the
 * usual length of this camera's pictures. All this is in ticks of the video track and concerns lengths only. RunClock
 * and Pace say when the pictures were seen.
 */

/** The shortest length that ffmpeg gives. */
const MOMENT_TICKS = 1;
/** The usual length while no picture's length is known: 25 a second. */
const FIRST_USUAL_SECONDS = 0.04;
/** A share below this part of the usual length is no share: the stamps went back. */
const LEAST_SHARE = 0.2;
const LEAST_FIRST_SECONDS = 0.005;
/** How quickly the usual length follows the pictures. It follows more slowly where it is in doubt. */
const LEARN = 0.2;
const LEARN_IN_DOUBT = 0.1;
/** A picture this much longer is a pause and says nothing about the usual length. */
const PAUSE_TIMES_USUAL = 4;

export class StampSpread {
  private usualTicks: number | undefined;
  /**
   * What the pictures of an unfinished group got beyond what the stamps said. The rest of the group gets that much
   * less.
   */
  private owedTicks = 0;
  private isRepairing = false;

  /** Whether the last fragment had lengths that the stamps did not say. */
  get repairing(): boolean {
    return this.isRepairing;
  }

  /**
   * The lengths of a fragment's pictures: those of the stamps, or made ones where the stamps say nothing. It is the
   * same array where all is well.
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

  /** The share of each picture of a group. `isWhole`: the next picture has another stamp. */
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
