import { abortReason } from './abort-reason';

interface Work<T> {
  result: Promise<T>;
  begunMs: number;
  /** How many still wait for it. */
  wanted: number;
  ended: boolean;
  giveUp: AbortController;
}

/** Work that is wanted twice within a moment is done once. */
export class SharedWork<T> {
  private readonly works = new Map<string, Work<T>>();

  /**
   * @param joinMs after this long nobody joins any more (the result may be of "now"), and the result is let go of.
   * Without it, that happens when the work ends.
   */
  constructor(
    private readonly clock: { monotonicMs(): number },
    private readonly joinMs?: number,
  ) {}

  /**
   * Joins the work for this key that began less than `joinMs` ago and has not failed. Otherwise it begins this work.
   * Whoever aborts his `signal` stops waiting. When all have, the work's own signal is aborted.
   */
  share(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(abortReason(signal));
    const known = this.works.get(key);
    const shared = known && this.isOpen(known) ? known : this.begin(key, work);
    shared.wanted += 1;
    return signal ? this.untilAborted(key, shared, signal) : shared.result;
  }

  private isOpen({ begunMs, giveUp }: Work<T>): boolean {
    return !giveUp.signal.aborted && this.clock.monotonicMs() - begunMs < (this.joinMs ?? Infinity);
  }

  private begin(key: string, work: (signal: AbortSignal) => Promise<T>): Work<T> {
    const giveUp = new AbortController();
    const begun: Work<T> = {
      result: work(giveUp.signal),
      begunMs: this.clock.monotonicMs(),
      wanted: 0,
      ended: false,
      giveUp,
    };
    this.works.set(key, begun);
    const forget = (): void => this.forget(key, begun);
    const end = (): void => {
      begun.ended = true;
      if (this.joinMs === undefined) forget();
    };
    begun.result.then(end, () => {
      end();
      forget();
    });
    if (this.joinMs !== undefined) setTimeout(forget, this.joinMs).unref();
    return begun;
  }

  private forget(key: string, work: Work<T>): void {
    if (this.works.get(key) === work) this.works.delete(key);
  }

  private untilAborted(key: string, work: Work<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(abortReason(signal));
        work.wanted -= 1;
        if (work.wanted > 0 || work.ended) return;
        this.forget(key, work);
        work.giveUp.abort(abortReason(signal));
      };
      signal.addEventListener('abort', leave, { once: true });
      work.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }
}
