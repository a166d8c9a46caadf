/**
 * The wall clock of a run (one life of one ffmpeg): wall = media time + offset.
 *
 * A picture arrives some while after it was seen, never before. So the smallest (arrival - media time) is the least
 * wrong offset. While the run is young, the smallest wins at once (`settle`), because the first fragments come late and
 * in one burst. Later the offset only creeps, by at most 500 ppm, towards the smallest of the last minute. So a
 * drifting camera clock does not tear the time line, and arrival jitter never reaches the frames. More than drift is
 * left to Pace: `errorMs` tells it.
 */
export interface RunClockOptions {
  /** How long after the first fragment the offset may still jump down. */
  settleMs?: number;
  windowMs?: number;
}

const CREEP = 500e-6;
/** In a shorter time than this, all arrivals may be late. */
const LATE_TOGETHER_MS = 20_000;

export class RunClock {
  private offset = Infinity;
  private firstEndMs: number | undefined;
  /**
   * The smallest of the last minute comes first. Behind it, in ascending order, are those that may be the smallest once
   * it is too old.
   */
  private readonly recent: { mediaEndMs: number; candidateMs: number }[] = [];
  private recentSinceMs: number | undefined;
  private settleMs: number;
  private readonly windowMs: number;

  constructor({ settleMs = 10_000, windowMs = 60_000 }: RunClockOptions = {}) {
    this.settleMs = settleMs;
    this.windowMs = windowMs;
  }

  /** Whether a fragment with this end can no longer show that the run started earlier. */
  isSettled(mediaEndMs: number): boolean {
    return mediaEndMs - (this.firstEndMs ?? mediaEndMs) > this.settleMs;
  }

  /** From now on the offset only creeps. */
  settle(): void {
    this.settleMs = -1;
  }

  /** Media time to wall time, by the offset as it is now. */
  wallMs(mediaMs: number): number {
    return mediaMs + this.offset;
  }

  /** The machine's clock was set: everything so far was stamped too early by this much. */
  shift(byMs: number): void {
    this.offset += byMs;
    for (const seen of this.recent) seen.candidateMs += byMs;
  }

  /**
   * There is footage already where this run would begin. So it begins later by this much, and is in error by as much.
   */
  delay(byMs: number): void {
    this.offset += byMs;
  }

  /** Media time changes its pace now, so earlier arrivals say nothing about later ones. */
  forget(): void {
    this.recent.length = 0;
    this.recentSinceMs = undefined;
  }

  /**
   * How much too early everything is stamped, by the quickest arrivals of the last minute. Below 0, pictures came
   * before they were seen.
   */
  get errorMs(): number {
    const [least, last] = [this.recent[0], this.recent.at(-1)];
    if (!least || !last) return 0;
    const isSure = last.mediaEndMs - (this.recentSinceMs ?? Infinity) >= LATE_TOGETHER_MS;
    return isSure ? least.candidateMs - this.offset : Math.min(0, least.candidateMs - this.offset);
  }

  /**
   * Takes a fragment and a picture that had been seen when the fragment arrived: its media time and its time on the
   * wall clock.
   * @returns by how much everything so far in this run was stamped too late (only while it settles)
   */
  observe({
    mediaStartMs,
    mediaEndMs,
    seen,
  }: {
    mediaStartMs: number;
    mediaEndMs: number;
    seen: { mediaMs: number; atMs: number };
  }): number {
    const candidateMs = seen.atMs - seen.mediaMs;
    this.firstEndMs ??= mediaEndMs;
    this.remember(mediaEndMs, candidateMs);
    if (this.offset === Infinity) {
      this.offset = candidateMs;
      return 0;
    }
    if (!this.isSettled(mediaEndMs)) {
      const loweredMs = Math.max(0, this.offset - candidateMs);
      this.offset -= loweredMs;
      return loweredMs;
    }
    const most = (mediaEndMs - mediaStartMs) * CREEP;
    this.offset += Math.max(-most, Math.min(most, this.errorMs));
    return 0;
  }

  private remember(mediaEndMs: number, candidateMs: number): void {
    this.recentSinceMs ??= mediaEndMs;
    while ((this.recent.at(-1)?.candidateMs ?? -Infinity) >= candidateMs) this.recent.pop();
    this.recent.push({ mediaEndMs, candidateMs });
    let old = 0;
    while ((this.recent[old]?.mediaEndMs ?? Infinity) < mediaEndMs - this.windowMs) old++;
    if (old > 0) this.recent.splice(0, old);
  }
}
