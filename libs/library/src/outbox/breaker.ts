import { backOffMs, errorText, PostponedError, type Clock } from '@vr/base';

const FIRST_MS = 1000;
const MOST_MS = 60_000;
/** While one item tries, the others look again after this. So they soon use what came back. */
const LOOK_AGAIN_MS = 2000;

/**
 * Guards something that many items need and that may be away: a store, a server, room. While it fails, one item at a
 * time tries it, after 1 s, 2 s, ... at most 60 s. The others are put off without a try, and hold up nothing. The first
 * success lets all through.
 */
export class Breaker {
  private failures = 0;
  private tryAgainAtMs = 0;
  private trying = false;
  private reason = '';

  constructor(
    private readonly what: string,
    private readonly clock: Clock,
    private readonly isAway: (error: unknown) => boolean,
    private readonly o: { mostMs?: number; random?: () => number } = {},
  ) {}

  /** Why it is away. Undefined while it is there. */
  get trouble(): string | undefined {
    return this.failures > 0 ? this.reason : undefined;
  }

  /**
   * Throws PostponedError in place of an error of absence. `isDue` says that the caller has a timetable of its own, and
   * that this item may try now.
   */
  async run<T>(work: () => Promise<T>, isDue = false): Promise<T> {
    const alone = this.failures > 0;
    if (alone) this.checkTurn(isDue);
    this.trying ||= alone;
    try {
      const result = await work();
      this.failures = 0;
      return result;
    } catch (error) {
      if (!this.isAway(error)) throw error;
      throw this.failed(error);
    } finally {
      if (alone) this.trying = false;
    }
  }

  private checkTurn(isDue: boolean): void {
    const leftMs = isDue ? 0 : this.tryAgainAtMs - this.clock.monotonicMs();
    if (leftMs > 0 || this.trying)
      throw new PostponedError(
        `${this.what} is away: ${this.reason}`,
        Math.max(leftMs, LOOK_AGAIN_MS) * (1 + (this.o.random ?? Math.random)() / 4),
      );
  }

  private failed(error: unknown): PostponedError {
    this.failures += 1;
    this.reason = errorText(error);
    const delayMs = backOffMs(this.failures, { firstMs: FIRST_MS, mostMs: this.o.mostMs ?? MOST_MS, spread: 0 });
    this.tryAgainAtMs = this.clock.monotonicMs() + delayMs;
    return new PostponedError(this.reason, delayMs, { cause: error });
  }
}
