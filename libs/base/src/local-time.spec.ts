import { execFileSync } from 'node:child_process';
import { localTime } from './local-time';

const INSTANT_MS = Date.UTC(2026, 10, 23, 2, 15, 0, 7);

describe('local time', () => {
  it.each([
    [0, { date: '2026-11-23', time: '02:15:00', milliseconds: '007', offset: '+00:00' }],
    [-180, { date: '2026-11-22', time: '23:15:00', milliseconds: '007', offset: '-03:00' }],
    [345, { date: '2026-11-23', time: '08:00:00', milliseconds: '007', offset: '+05:45' }],
    [-150, { date: '2026-11-22', time: '23:45:00', milliseconds: '007', offset: '-02:30' }],
  ])('%d minutes ahead of UTC', (aheadMinutes, expected) => {
    expect(localTime(INSTANT_MS, aheadMinutes)).toEqual(expected);
  });

  it("is by default the machine's, whose distance from UTC is that of the instant", () => {
    const offset = (instant: string): string =>
      execFileSync('date', ['-d', instant, '+%:z'], { encoding: 'utf8' }).trim();
    for (const instant of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'])
      expect(localTime(Date.parse(instant)).offset).toBe(offset(instant));
  });
});
