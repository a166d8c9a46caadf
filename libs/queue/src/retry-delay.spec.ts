import { retryDelayMs } from './retry-delay';

describe('retryDelayMs', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [9, 256_000],
    [10, 300_000],
    [19, 300_000],
    [5000, 300_000],
  ])('after attempt %i is at most %i ms and at least half of it', (attemptsMade, mostMs) => {
    expect(retryDelayMs(attemptsMade, () => 0.999_999_9)).toBe(mostMs);
    expect(retryDelayMs(attemptsMade, () => 0)).toBe(mostMs / 2);
  });
});
