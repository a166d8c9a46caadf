import { PostponedError } from '@vr/base';
import { Breaker } from './breaker';

const HOUR_MS = 3_600_000;

describe('a breaker', () => {
  let nowMs = 0;
  let isAway = true;
  let tries: number[] = [];
  let breaker: Breaker;
  beforeEach(() => {
    [nowMs, isAway, tries] = [0, true, []];
    breaker = new Breaker(
      'the store',
      { nowMs: () => nowMs, monotonicMs: () => nowMs },
      (error) => (error as Error).message === 'away',
      { random: () => 1 },
    );
  });
  const work = (): Promise<string> => {
    tries.push(nowMs);
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve('stored');
  };
  const run = (): Promise<unknown> => breaker.run(work).catch((error: unknown) => error);

  it('lets one of fifty jobs try after 1, 2, 4, ... 32 s, then each minute, and gives none up', async () => {
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
    // A job looks every second here, and its jitter may make it a quarter of a minute late.
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
