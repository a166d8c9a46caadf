import { beginsLate } from './begins-late';

describe('a clip', () => {
  it.each([
    ['lacks its beginning', [{ start: 100, end: 104 }], true],
    ['lacks nothing', [], false],
    ['lacks its middle', [{ start: 110, end: 112 }], false],
    [
      'lacks its beginning and more',
      [
        { start: 100, end: 104 },
        { start: 110, end: 112 },
      ],
      false,
    ],
  ])('that %s', (_, gaps, isLate) => {
    expect(beginsLate({ start: 100, end: 140, gaps })).toBe(isLate);
  });
});
