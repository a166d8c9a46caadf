import { abortReason } from './abort-reason';

interface Waiting {
  begin: () => void;
}

/** All places are taken, and the queue is full too. */
export class QueueFullError extends Error {
  readonly code = 'queue_full';
  constructor(message: string) {
    super(message);
    this.name = 'QueueFullError';
  }
}

/** Lets so many pieces of work run at once. The others wait in the order in which they came. */
export class Limiter {
  private running = 0;
  private readonly queue: Waiting[] = [];

  /** @param mostWaiting when this many wait, `run` refuses with a QueueFullError */
  constructor(
    private readonly limit: number,
    private readonly mostWaiting = Infinity,
  ) {}

  /** How many wait for their turn. */
  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Runs the work when its turn comes. Whoever aborts the signal while waiting gives up the turn, and gets the signal's
   * reason. Running work must watch the signal itself.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.running < this.limit) this.running += 1;
    else if (this.queue.length < this.mostWaiting) await this.turn(signal);
    else throw new QueueFullError(`${this.running} are at work and ${this.queue.length} wait: no more are taken`);
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      // The place is handed on and not freed, so nobody who comes in between takes it.
      if (next) next.begin();
      else this.running -= 1;
    }
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        if (signal) reject(abortReason(signal));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.queue.push(waiting);
    });
  }
}
