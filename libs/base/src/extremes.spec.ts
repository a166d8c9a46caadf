import { largestOf, smallestOf } from './extremes';

describe('the extremes of numbers', () => {
  it('are found among more than a call takes arguments', () => {
    const many = Array.from({ length: 500_000 }, (_, i) => (i * 7919) % 500_009);
    expect([smallestOf(many), largestOf(many)]).toEqual([0, many.toSorted((a, b) => a - b).at(-1)]);
  });

  it('are those of Math, also of none and of what is no number', () => {
    for (const values of [[], [3], [-1, -5], [1, NaN, 2]]) {
      expect([smallestOf(values), largestOf(values)]).toEqual([Math.min(...values), Math.max(...values)]);
    }
  });
});
