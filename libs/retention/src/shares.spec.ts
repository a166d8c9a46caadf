import fc from 'fast-check';
import { nextShare, type Share } from './shares';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const next = (known: Share | undefined, o: { afterHours?: number; used?: number; old?: number; max?: number }): Share =>
  nextShare(known, {
    nowMs: NOW_MS + (o.afterHours ?? 0) * HOUR_MS,
    usedBytes: o.used ?? 0,
    oldBytes: () => o.old ?? 0,
    maxBytes: o.max ?? 300,
  });

describe('a share of the disk', () => {
  it('is at first what was there a day ago, within the budget: an upgrade takes nothing from anybody', () => {
    expect(next(undefined, { used: 250, old: 120 })).toEqual({ bytes: 120, setMs: NOW_MS });
    expect(next(undefined, { used: 900, old: 800 })).toEqual({ bytes: 300, setMs: NOW_MS });
  });

  it('stays as it is for a day, and then follows what is used by at most a thirtieth of the budget', () => {
    const share = { bytes: 100, setMs: NOW_MS };
    expect(next(share, { used: 300, afterHours: 23.9 })).toEqual(share);
    expect(next(share, { used: 300, afterHours: 24 })).toEqual({ bytes: 110, setMs: NOW_MS + 24 * HOUR_MS });
    expect(next(share, { used: 105, afterHours: 24 })).toMatchObject({ bytes: 105 });
    expect(next(share, { used: 0, afterHours: 500 })).toMatchObject({ bytes: 90 });
  });

  it('is never above its budget, also where that has become smaller', () => {
    expect(next({ bytes: 100, setMs: NOW_MS }, { used: 100, max: 40 })).toEqual({ bytes: 40, setMs: NOW_MS });
  });

  it('waits a day anew where the clock was set back', () => {
    expect(next({ bytes: 100, setMs: NOW_MS + 9 * HOUR_MS }, { used: 300 })).toEqual({ bytes: 100, setMs: NOW_MS });
  });

  it('grows to the whole budget within a month, and a flood of an hour moves it by at most one step', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 300, max: 2000 }), { minLength: 31, maxLength: 31 }), (used) => {
        let share: Share = { bytes: 0, setMs: NOW_MS };
        used.forEach((bytes, day) => (share = next(share, { used: bytes, afterHours: (day + 1) * 24 })));
        expect(share.bytes).toBeCloseTo(300);
      }),
    );
    let flooded: Share = { bytes: 0, setMs: NOW_MS };
    for (let minute = 0; minute < 60; minute++) flooded = next(flooded, { used: 300, afterHours: 23.5 + minute / 60 });
    expect(flooded.bytes).toBe(10);
  });
});
