import { Turnstile } from './turnstile';

describe('Turnstile', () => {
  it('lets the first pass at once, the others one after the other, and whoever comes later at once again', async () => {
    let nowMs = 1000;
    const turnstile = new Turnstile({ nowMs: () => 0, monotonicMs: () => nowMs });
    const waits: number[] = [];
    const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
    await turnstile.pass(wait);
    expect(waits).toEqual([]);
    await turnstile.pass(wait);
    await turnstile.pass(wait);
    expect(waits).toEqual([60, 120]);
    nowMs += 5000;
    await turnstile.pass(wait);
    expect(waits).toEqual([60, 120]);
  });

  it('keeps nobody who is told to stop', async () => {
    const turnstile = new Turnstile({ nowMs: () => 0, monotonicMs: () => 0 });
    const stopped = new Error('stopped');
    await turnstile.pass(() => Promise.reject(stopped));
    await expect(turnstile.pass(() => Promise.reject(stopped))).rejects.toBe(stopped);
  });
});
