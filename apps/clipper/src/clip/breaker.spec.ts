import { PostponedError } from '@vr/queue';
import { Breaker } from './breaker';

const HOUR_MS = 3_600_000;
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

describe('Breaker and those who wait together', () => {
  let nowMs = 0;
  let isAway = true;
  let tries: number[] = [];
  let breaker: Breaker;
  beforeEach(() => {
    [nowMs, isAway, tries] = [0, true, []];
    breaker = new Breaker('the store', { nowMs: () => nowMs, monotonicMs: () => nowMs }, (error) => (error as Error).message === 'away', () => 1);
  });
  const work = (): Promise<string> => {
    tries.push(nowMs);
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve('stored');
  };
  const run = (): Promise<unknown> => breaker.run(work).catch((error: unknown) => error);

  it('over six hours lets one of fifty jobs try after 1, 2, 4, ... 32 s and then every minute, and never gives one up', async () => {
    const dueMs = Array.from({ length: 50 }, () => 0);
    for (; nowMs < 6 * HOUR_MS; nowMs += 1000) {
      for (const [job, atMs] of dueMs.entries()) {
        if (nowMs < atMs) continue;
        const answer = await run();
        expect(answer).toBeInstanceOf(PostponedError);
        const { delayMs } = answer as PostponedError;
        expect(delayMs).toBeLessThanOrEqual(75_000);
        dueMs[job] = nowMs + delayMs;
      }
    }
    const pauses = tries.slice(1).map((atMs, n) => (atMs - (tries[n] ?? 0)) / 1000);
    expect(pauses.slice(0, 6).every((seconds, n) => seconds >= 2 ** n)).toBe(true);
    // Whose turn it is looks every second here, and may come a quarter of a minute late by its jitter.
    expect(Math.max(...pauses)).toBeLessThanOrEqual(76);
    expect(tries.length).toBeLessThan(6 * 60 + 10);

    isAway = false;
    const backMs = nowMs;
    const stored = new Set<number>();
    for (; stored.size < dueMs.length; nowMs += 1000) {
      for (const [job, atMs] of dueMs.entries()) {
        if (nowMs < atMs || stored.has(job)) continue;
        const answer = await run();
        if (answer === 'stored') stored.add(job);
        else dueMs[job] = nowMs + (answer as PostponedError).delayMs;
      }
    }
    expect(nowMs - backMs).toBeLessThanOrEqual(80_000);
  });

  it('lets only one try at a time, and all once that has succeeded', async () => {
    await run();
    nowMs = 1000;
    let end: (value: string) => void = () => undefined;
    isAway = false;
    const trying = breaker.run(() => new Promise<string>((resolve) => (end = resolve)));
    expect(await run()).toMatchObject({ name: 'PostponedError', message: 'the store is away: away' });
    expect(tries).toHaveLength(1);
    end('stored');
    expect(await trying).toBe('stored');
    expect(await Promise.all([run(), run()])).toEqual(['stored', 'stored']);
  });

  it('passes on what is no absence', async () => {
    await expect(breaker.run(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
    isAway = false;
    expect(await run()).toBe('stored');
  });
});
