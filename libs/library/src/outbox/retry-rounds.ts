import { backOffMs } from '@vr/base';

/** No spread: only one worker of a machine retries. */
const DELAYS = { firstMs: 1000, mostMs: 60_000, spread: 0 };

interface RetryOptions<K> {
  /** Tries one item, and must not throw. An item that is added again waits on; a deleted one is done with. */
  tryOne: (key: K) => Promise<void>;
  /** Whether all waiting items would fail for the same reason. Then a round tries only one. */
  isClosed: () => boolean;
  atOnce: number;
  onChange: (waiting: number) => void;
}

/**
 * Tries waiting items again for as long as it takes, in rounds after 1 s, 2 s, 4 s, ... at most a minute. A round
 * begins with one item. If that goes through, all the others follow.
 */
export class RetryRounds<K> {
  /** How often each item has failed. The next item to try comes first. */
  private readonly waiting = new Map<K, number>();
  /** The number of the next round, counted since all went through. */
  private rounds = 1;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private ended = false;

  constructor(private readonly o: RetryOptions<K>) {}

  get size(): number {
    return this.waiting.size;
  }

  keys(): Iterable<K> {
    return this.waiting.keys();
  }

  has(key: K): boolean {
    return this.waiting.has(key);
  }

  attemptsOf(key: K): number {
    return this.waiting.get(key) ?? 0;
  }

  /** Adds an item behind all others, so that one that nobody takes does not keep them from being tried. */
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

  /** Starts a round without waiting for its time. */
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
