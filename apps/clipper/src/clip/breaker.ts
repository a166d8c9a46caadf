import { errorText, type Clock } from '@vr/base';
import { PostponedError } from '@vr/queue';

const FIRST_MS = 1000;
const MOST_MS = 60_000;
/** Those that wait while one tries look again after this, so that what came back is used at once. */
const LOOK_AGAIN_MS = 2000;
/** Past these the delay is at its most anyway. */
const DOUBLINGS = 10;

/**
 * What many jobs need and cannot have just now: a store, NATS. While it fails, one job at a time tries it, after 1 s, 2
 * s, ... at most 60 s; the others are put off without trying, and hold up nothing. The first success lets all through.
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

  /** Throws PostponedError instead of an error that says that it is away. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const alone = this.failures > 0;
    if (alone) this.pass();
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

  /** Throws unless it is this one's turn to try. */
  private pass(): void {
    const leftMs = this.tryAgainAtMs - this.clock.monotonicMs();
    if (leftMs > 0 || this.trying)
      throw new PostponedError(
        `${this.what} is away: ${this.reason}`,
        Math.max(leftMs, LOOK_AGAIN_MS) * (1 + (this.o.random ?? Math.random)() / 4),
      );
  }

  private failed(error: unknown): PostponedError {
    this.failures += 1;
    this.reason = errorText(error);
    const delayMs = Math.min(this.o.mostMs ?? MOST_MS, FIRST_MS * 2 ** Math.min(this.failures - 1, DOUBLINGS));
    this.tryAgainAtMs = this.clock.monotonicMs() + delayMs;
    return new PostponedError(this.reason, delayMs, { cause: error });
  }
}
