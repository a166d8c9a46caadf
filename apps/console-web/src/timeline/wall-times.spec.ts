import { ZoneClock } from './ticks';
import { instantOfText, lastNight, localText } from './wall-times';

const saoPaulo = new ZoneClock('America/Sao_Paulo');
const berlin = new ZoneClock('Europe/Berlin');
const iso = (ms: number): string => new Date(ms).toISOString();

describe('last night', () => {
  it.each([
    ['in the morning', '2026-11-28T12:00:00Z', '2026-11-27T23:00:00.000Z', '2026-11-28T11:00:00.000Z'],
    ['in the evening, before eight', '2026-11-28T22:59:00Z', '2026-11-27T23:00:00.000Z', '2026-11-28T11:00:00.000Z'],
    ['in the night itself', '2026-11-28T05:15:00Z', '2026-11-27T23:00:00.000Z', '2026-11-28T05:15:00.000Z'],
    ['after eight', '2026-11-28T23:30:00Z', '2026-11-28T23:00:00.000Z', '2026-11-28T23:30:00.000Z'],
  ])('asked for %s, is from eight to eight, and no longer than now', (_, now, from, to) => {
    const { startMs, endMs } = lastNight(Date.parse(now), saoPaulo);
    expect([iso(startMs), iso(endMs)]).toEqual([from, to]);
  });

  it('has 13 hours where the clocks go back', () => {
    const { startMs, endMs } = lastNight(Date.parse('2026-10-25T12:00:00Z'), berlin);
    expect((endMs - startMs) / 3_600_000).toBe(13);
  });
});

describe('a time of the wall', () => {
  it('comes back as it was written', () => {
    const atMs = instantOfText('2026-11-27T14:30:05', saoPaulo) ?? 0;
    expect(iso(atMs)).toBe('2026-11-27T17:30:05.000Z');
    expect(localText(atMs, saoPaulo)).toBe('2026-11-27T14:30:05');
  });

  it('may lack its seconds, and is none where nothing is written', () => {
    expect(iso(instantOfText('2026-11-27T14:30', saoPaulo) ?? 0)).toBe('2026-11-27T17:30:00.000Z');
    expect(instantOfText('', saoPaulo)).toBeUndefined();
  });

  it('is a time that exists, where the clock leaps over the one that was written', () => {
    const atMs = instantOfText('2026-03-29T02:30:00', berlin) ?? 0;
    expect(['01:30', '03:30']).toContain(localText(atMs, berlin).slice(11, 16));
  });
});
