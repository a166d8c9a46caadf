import type { Clock } from '@vr/contracts';

interface Work<T> {
  result: Promise<T>;
  begunMs: number;
}

/** Work that is wanted twice within a moment is done once. */
export class SharedWork<T> {
  private readonly works = new Map<string, Work<T>>();

  /** @param joinMs after this long nobody joins any more (the result may be of "now"), and the result is let go of */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly joinMs: number,
  ) {}

  /** The result of the work for this key that began less than `joinMs` ago and has not failed, else of this one. */
  share(key: string, work: () => Promise<T>): Promise<T> {
    const nowMs = this.clock.monotonicMs();
    const known = this.works.get(key);
    if (known && nowMs - known.begunMs < this.joinMs) return known.result;
    const begun: Work<T> = { result: work(), begunMs: nowMs };
    this.works.set(key, begun);
    const forget = (): void => {
      if (this.works.get(key) === begun) this.works.delete(key);
    };
    begun.result.catch(forget);
    setTimeout(forget, this.joinMs).unref();
    return begun.result;
  }
}
