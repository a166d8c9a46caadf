const MINUTE_MS = 60_000;
/** With more keys than this, we forget those that have all their turns back. */
const KEYS_BEFORE_SWEEP = 1000;

interface Bucket {
  /** The turns left at `atMs`. More come back with time. */
  turns: number;
  atMs: number;
}

/**
 * Limits how often something may be done, by key. A key has `perMinute` turns at once. They come back evenly, all
 * within a minute. A key that has been quiet for a minute is forgotten. So memory stays bounded as long as few keys are
 * in use at the same time.
 */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: { monotonicMs(): number },
    private readonly perMinute: number,
  ) {}

  /** How many ms the key has to wait for its next turn; 0 where it may go now. This takes no turn. */
  waitMs(key: string): number {
    const { turns } = this.bucketOf(key);
    return turns >= 1 ? 0 : ((1 - turns) * MINUTE_MS) / this.perMinute;
  }

  /** Takes a turn, even one that has not come back yet. So ask `waitMs` first. */
  take(key: string): void {
    const bucket = this.bucketOf(key);
    bucket.turns -= 1;
    this.buckets.set(key, bucket);
    if (this.buckets.size > KEYS_BEFORE_SWEEP) this.sweep();
  }

  /** How many keys are remembered. */
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
