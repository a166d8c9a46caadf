import { backOffMs } from './back-off';

describe('backOffMs', () => {
  const delays = { firstMs: 1000, mostMs: 300_000, spread: 0.5 };

  it.each([
    [1, 1000],
    [2, 2000],
    [9, 256_000],
    [10, 300_000],
    [19, 300_000],
    [5000, 300_000],
  ])('after %i failures is at most %i ms and at least half of it', (failures, mostMs) => {
    expect(backOffMs(failures, { ...delays, random: () => 0.999_999_9 })).toBe(mostMs);
    expect(backOffMs(failures, { ...delays, random: () => 0 })).toBe(mostMs / 2);
  });

  it('leaves nothing to chance without a spread', () => {
    expect([1, 2, 3].map((failures) => backOffMs(failures, { ...delays, spread: 0 }))).toEqual([1000, 2000, 4000]);
  });
});
