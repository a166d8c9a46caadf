import { RetryRounds } from './retry-rounds';

describe('a round of retries', () => {
  let isClosed = true;
  let tried: string[] = [];
  let waiting = 0;
  let rounds: RetryRounds<string>;
  beforeEach(() => {
    [isClosed, tried, waiting] = [true, [], 0];
    rounds = new RetryRounds<string>({
      tryOne: async (key) => {
        tried.push(key);
        if (isClosed) rounds.add(key, rounds.attemptsOf(key) + 1);
        else rounds.delete(key);
      },
      isClosed: () => isClosed,
      atOnce: 2,
      onChange: (size) => (waiting = size),
    });
    for (const key of ['a', 'b', 'c', 'd']) rounds.add(key, 0);
  });
  afterEach(() => rounds.end());

  it('tries one while the door is closed, each time another, and all once that one goes through', async () => {
    await rounds.runNow();
    await rounds.runNow();
    expect(tried).toEqual(['a', 'b']);
    expect([waiting, rounds.attemptsOf('a'), rounds.attemptsOf('c')]).toEqual([4, 1, 0]);
    isClosed = false;
    tried = [];
    await rounds.runNow();
    expect(tried.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(waiting).toBe(0);
  });

  it('is one for all who want it at the same time', async () => {
    await Promise.all([rounds.runNow(), rounds.runNow()]);
    expect(tried).toEqual(['a']);
  });

  it('tries nothing more once it is ended', async () => {
    isClosed = false;
    rounds.end();
    await rounds.runNow();
    expect(tried).toEqual([]);
    expect(rounds.size).toBe(4);
  });
});
