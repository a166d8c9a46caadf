import { ticksOf, ZoneClock, type Tick } from './ticks';

const HOUR_MS = 3_600_000;

function day(zone: string, start: string, hours: number, leastPixels: number): Tick[] {
  const startMs = Date.parse(start);
  return ticksOf({ startMs, endMs: startMs + hours * HOUR_MS, widthPixels: 2400 }, new ZoneClock(zone), leastPixels);
}
const wall = (ticks: Tick[], zone: string): string[] =>
  ticks.map(({ atMs }) => new Date(new ZoneClock(zone).wallMs(atMs)).toISOString().slice(11, 16));

describe('the ruler', () => {
  it('has a line each hour of an ordinary day', () => {
    const ticks = day('America/Sao_Paulo', '2026-11-26T00:00:00-03:00', 24, 60);
    expect(ticks).toHaveLength(24);
    expect(ticks[0]).toEqual({ atMs: Date.parse('2026-11-26T03:00:00Z'), isDay: true });
    expect(ticks.filter(({ isDay }) => isDay)).toHaveLength(1);
  });

  it('takes steps that a person counts in, as wide as the words need', () => {
    expect(wall(day('UTC', '2026-11-26T00:00:00Z', 24, 500), 'UTC')).toEqual(['00:00', '06:00', '12:00', '18:00']);
    expect(wall(day('UTC', '2026-11-26T10:03:00Z', 1, 200), 'UTC')).toEqual([
      ...['10:05', '10:10', '10:15', '10:20', '10:25', '10:30', '10:35', '10:40', '10:45', '10:50', '10:55', '11:00'],
    ]);
  });

  it('goes down to the second', () => {
    const startMs = Date.parse('2026-11-26T10:00:00.300Z');
    const scale = { startMs, endMs: startMs + 3000, widthPixels: 900 };
    expect(ticksOf(scale, new ZoneClock('UTC'), 100).map(({ atMs }) => atMs - startMs)).toEqual([700, 1700, 2700]);
  });

  it('has no line at the hour that a day of 23 hours leaps over', () => {
    const zone = 'Europe/Berlin';
    const ticks = day(zone, '2026-03-29T00:00:00+01:00', 23, 60);
    expect(ticks).toHaveLength(23);
    expect(wall(ticks, zone).slice(0, 4)).toEqual(['00:00', '01:00', '03:00', '04:00']);
    expect(wall(ticks, zone).at(-1)).toBe('23:00');
  });

  it('has both two o’clocks of a day of 25 hours, an hour apart', () => {
    const zone = 'Europe/Berlin';
    const ticks = day(zone, '2026-10-25T00:00:00+02:00', 25, 60);
    expect(ticks).toHaveLength(25);
    expect(wall(ticks, zone).slice(0, 5)).toEqual(['00:00', '01:00', '02:00', '02:00', '03:00']);
    expect((ticks[3]?.atMs ?? 0) - (ticks[2]?.atMs ?? 0)).toBe(HOUR_MS);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T00:00:00+01:00', 23, ['00:00', '06:00', '12:00', '18:00']],
    ['Europe/Berlin', '2026-10-25T00:00:00+02:00', 25, ['00:00', '06:00', '12:00', '18:00']],
  ])('keeps to whole steps of the wall’s clock after the change in %s on %s', (zone, start, hours, lines) => {
    expect(wall(day(zone, start, hours, 500), zone)).toEqual(lines);
  });

  it('begins a day at one o’clock where midnight was leapt over', () => {
    const zone = 'America/Sao_Paulo';
    const ticks = day(zone, '2018-11-03T12:00:00-03:00', 30, 500);
    expect(ticks.filter(({ isDay }) => isDay)).toEqual([{ atMs: Date.parse('2018-11-04T03:00:00Z'), isDay: true }]);
  });

  it('has one line a day on a week with a change of the clock, each at midnight', () => {
    const zone = 'Europe/Berlin';
    const ticks = day(zone, '2026-03-26T00:00:00+01:00', 7 * 24 - 1, 300);
    expect(wall(ticks, zone)).toEqual(Array.from({ length: 7 }, () => '00:00'));
    expect(ticks.every(({ isDay }) => isDay)).toBe(true);
  });
});
