const MINUTE_MS = 60_000;
/** Above so many keys, those that have all their turns back are let go of. */
const KEYS_BEFORE_SWEEP = 1000;

interface Bucket {
  /** Turns left at `atMs`; more come back with time. */
  turns: number;
  atMs: number;
}

/**
 * How often something may be done, by key: `perMinute` turns at once, and they come back evenly, all within a minute.
 * Memory stays bounded as long as few keys are in use at the same time: a key that has been quiet for a minute is
 * forgotten.
 */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: { monotonicMs(): number },
    private readonly perMinute: number,
  ) {}

  /** How long the key has to wait for its next turn, in ms; 0 where it may now. Takes nothing. */
  waitMs(key: string): number {
    const { turns } = this.bucketOf(key);
    return turns >= 1 ? 0 : ((1 - turns) * MINUTE_MS) / this.perMinute;
  }

  /** Takes a turn, also one that is not there yet: ask `waitMs` first. */
  take(key: string): void {
    const bucket = this.bucketOf(key);
    bucket.turns -= 1;
    this.buckets.set(key, bucket);
    if (this.buckets.size > KEYS_BEFORE_SWEEP) this.sweep();
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  private bucketOf(key: string): Bucket {
    const nowMs = this.clock.monotonicMs();
    const known = this.buckets.get(key);
    if (!known) return { turns: this.perMinute, atMs: nowMs };
    const turns = Math.min(this.perMinute, known.turns + ((nowMs - known.atMs) * this.perMinute) / MINUTE_MS);
    return { turns, atMs: nowMs };
  }

  private sweep(): void {
    for (const key of this.buckets.keys()) if (this.bucketOf(key).turns >= this.perMinute) this.buckets.delete(key);
  }
}
