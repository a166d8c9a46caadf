import { backOffMs } from '@vr/base';

/** Alone on its machine: nothing is left to chance. */
const DELAYS = { firstMs: 1000, mostMs: 60_000, spread: 0 };

interface RetryOptions<K> {
  /** Tries one. It waits on where it is added again, and is done with where it is deleted; it must not throw. */
  tryOne: (key: K) => Promise<void>;
  /** Whether all that waits would fail for the same reason: then one is tried in a round, and no more. */
  isClosed: () => boolean;
  atOnce: number;
  onChange: (waiting: number) => void;
}

/**
 * Tries what waits again, for as long as it takes: in rounds after 1 s, 2 s, 4 s, ... at most a minute. Each round
 * begins with one; where that goes through, all the others follow.
 */
export class RetryRounds<K> {
  /** How often each has failed. The next to be tried comes first. */
  private readonly waiting = new Map<K, number>();
  /** Rounds since all went through, and the next one. */
  private rounds = 1;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private ended = false;

  constructor(private readonly o: RetryOptions<K>) {}

  get size(): number {
    return this.waiting.size;
  }

  has(key: K): boolean {
    return this.waiting.has(key);
  }

  attemptsOf(key: K): number {
    return this.waiting.get(key) ?? 0;
  }

  /** Behind all others: one that nobody takes must not keep them from being tried. */
  add(key: K, attempts: number): void {
    this.waiting.delete(key);
    this.waiting.set(key, attempts);
    this.o.onChange(this.waiting.size);
    this.schedule();
  }

  delete(key: K): void {
    this.waiting.delete(key);
    this.o.onChange(this.waiting.size);
  }

  /** A round that does not wait for its time. */
  runNow(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.round ??= this.run().finally(() => {
      this.round = undefined;
      this.schedule();
    });
    return this.round;
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    const keys = [...this.waiting.keys()];
    await this.tryNext(keys);
    const lane = async (): Promise<void> => {
      while (keys.length > 0 && !this.o.isClosed()) await this.tryNext(keys);
    };
    await Promise.all(Array.from({ length: this.o.atOnce }, lane));
    const isDone = this.waiting.size === 0 && !this.o.isClosed();
    this.rounds = isDone ? 1 : this.rounds + 1;
  }

  private async tryNext(keys: K[]): Promise<void> {
    const key = keys.shift();
    if (key !== undefined && !this.ended) await this.o.tryOne(key);
  }

  private schedule(): void {
    if (this.ended || this.timer || this.round || this.waiting.size === 0) return;
    this.timer = setTimeout(() => void this.runNow(), backOffMs(this.rounds, DELAYS));
  }
}
