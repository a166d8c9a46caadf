/**
 * The wall clock of a run (one life of one ffmpeg): wall = media time + offset.
 *
 * A fragment arrives some while after its last frame was seen, never before: so the smallest (arrival - end of fragment)
 * is the least wrong offset. While the run is young the smallest wins at once (`settle`), because the first fragments come
 * late and in one burst; afterwards the offset only creeps, at most 500 ppm, towards the smallest of the last minute: camera
 * clocks that drift do not tear the time line, and arrival jitter never reaches the frames.
 */
export interface RunClockOptions {
  /** How long after the first fragment the offset may still jump down. */
  settleMs?: number;
  windowMs?: number;
}

const CREEP = 500e-6;
/** Above this, media and machine clock have parted for good: the run must end. */
const BROKEN_MS = 2000;

export class RunClock {
  private offset = Infinity;
  private firstEndMs: number | undefined;
  /** The smallest of the last minute stands first; behind it those that may be the smallest once it is too old, ascending. */
  private readonly recent: { mediaEndMs: number; candidateMs: number }[] = [];
  private settleMs: number;
  private readonly windowMs: number;

  constructor({ settleMs = 10_000, windowMs = 60_000 }: RunClockOptions = {}) {
    this.settleMs = settleMs;
    this.windowMs = windowMs;
  }

  /** Whether a fragment that ends then can find the run's start to be earlier no more. */
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

  /** The machine's clock was set: by this much everything so far was stamped too early. */
  shift(byMs: number): void {
    this.offset += byMs;
    for (const seen of this.recent) seen.candidateMs += byMs;
  }

  /**
   * Takes a fragment's end in media time and its arrival on the wall clock.
   * `loweredMs`: by how much everything so far in this run was stamped too late (only while it settles).
   * `broken`: the clocks are over 2 s apart; the caller ends the run.
   */
  observe(o: { mediaStartMs: number; mediaEndMs: number; arrivalMs: number }): { loweredMs: number; broken: boolean } {
    const candidateMs = o.arrivalMs - o.mediaEndMs;
    this.firstEndMs ??= o.mediaEndMs;
    this.remember(o.mediaEndMs, candidateMs);
    if (this.offset === Infinity) {
      this.offset = candidateMs;
      return { loweredMs: 0, broken: false };
    }
    if (!this.isSettled(o.mediaEndMs)) {
      const loweredMs = Math.max(0, this.offset - candidateMs);
      this.offset -= loweredMs;
      return { loweredMs, broken: false };
    }
    const error = (this.recent[0]?.candidateMs ?? candidateMs) - this.offset;
    if (Math.abs(error) > BROKEN_MS) return { loweredMs: 0, broken: true };
    const most = (o.mediaEndMs - o.mediaStartMs) * CREEP;
    this.offset += Math.max(-most, Math.min(most, error));
    return { loweredMs: 0, broken: false };
  }

  private remember(mediaEndMs: number, candidateMs: number): void {
    while ((this.recent.at(-1)?.candidateMs ?? -Infinity) >= candidateMs) this.recent.pop();
    this.recent.push({ mediaEndMs, candidateMs });
    let old = 0;
    while ((this.recent[old]?.mediaEndMs ?? Infinity) < mediaEndMs - this.windowMs) old++;
    if (old > 0) this.recent.splice(0, old);
  }
}
