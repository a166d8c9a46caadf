import { PostponedError } from '@vr/queue';
import { Breaker } from './breaker';

const away = (): Promise<never> => Promise.reject(new Error('no route to the store'));

async function postponement(run: Promise<unknown>): Promise<PostponedError> {
  const error = await run.catch((thrown: unknown) => thrown);
  if (!(error instanceof PostponedError)) throw new Error(`wanted to be put off, got ${String(error)}`);
  return error;
}

describe('Breaker', () => {
  let nowMs = 0;
  const breaker = (): Breaker => new Breaker('the store', { nowMs: () => nowMs, monotonicMs: () => nowMs }, () => true, () => 0);
  beforeEach(() => (nowMs = 0));

  it('puts off for 30 days without giving up, at most 60 s at a time, and lets the first through that finds it back', async () => {
    const store = breaker();
    const delays: number[] = [];
    for (const untilMs = 30 * 86_400_000; nowMs < untilMs; ) {
      const { delayMs } = await postponement(store.run(away));
      delays.push(delayMs);
      nowMs += delayMs;
    }
    expect(delays.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(Math.max(...delays)).toBe(60_000);
    expect(delays.length).toBeGreaterThan(43_000);
    await expect(store.run(() => Promise.resolve('stored'))).resolves.toBe('stored');
    await expect(store.run(() => Promise.resolve('the next, at once'))).resolves.toBe('the next, at once');
  });

  it('does not try before its time, and says why', async () => {
    const store = breaker();
    await postponement(store.run(away));
    let tries = 0;
    const work = (): Promise<never> => (tries++, away());
    expect((await postponement(store.run(work))).message).toBe('the store is away: no route to the store');
    expect(tries).toBe(0);
  });
});
