/** Lets so many pieces of work run at once; the others wait in the order in which they came. */
export class Limiter {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** How many wait for their turn. */
  get waiting(): number {
    return this.queue.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      // The place is handed on, not freed: nobody who comes in between takes it.
      if (next) next();
      else this.running -= 1;
    }
  }
}
