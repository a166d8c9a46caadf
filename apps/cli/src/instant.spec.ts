import { parseInstant } from './instant';

const NOW_MS = Date.UTC(2026, 10, 23, 12);

describe('a time on the command line', () => {
  it.each([
    ['now', NOW_MS],
    ['-2h', NOW_MS - 7_200_000],
    ['-90m', NOW_MS - 5_400_000],
    ['-1.5d', NOW_MS - 129_600_000],
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
    ['2026-11-23T10:00:00.5-03:00', Date.UTC(2026, 10, 23, 13, 0, 0, 500)],
    ['1795435200', 1_795_435_200_000],
    ['1795435200123', 1_795_435_200_123],
  ])('%s', (text, ms) => {
    expect(parseInstant(text, NOW_MS)).toBe(ms);
  });

  it.each(['', '-2', '2h', '-2x', '2026-11-23T10:00:00', '2026-13-01', '2026-02-31x', '12', 'yesterday', '--2h', '-h'])(
    'is not %s',
    (text) => {
      expect(parseInstant(text, NOW_MS)).toBeUndefined();
    },
  );
});
