/** Work on one name takes turns. Work on different names runs side by side. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** The work's result. The work begins when all earlier work for this name has ended, well or not. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(name) ?? Promise.resolve();
    const mine = before.then(work);
    const done = mine.then(
      () => undefined,
      () => undefined,
    );
    this.last.set(name, done);
    try {
      return await mine;
    } finally {
      if (this.last.get(name) === done) this.last.delete(name);
    }
  }
}
