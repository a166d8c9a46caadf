import { landingFrom, runAt, type Run } from './recorded-runs';

const run = (startMs: number, endMs: number): Run => ({
  file: `${startMs}.mp4`,
  startMs,
  endMs,
  keys: [{ atMs: startMs, offsetBytes: 800, sizeBytes: 1000 }],
});
const front = [run(0, 10_000), run(10_000, 20_000), run(30_000, 40_000)];
const yard = [run(0, 25_000), run(35_000, 45_000)];

describe('the run that holds an instant', () => {
  it('has its first instant, and its end belongs to the next', () => {
    expect(runAt(front, 0)?.file).toBe('0.mp4');
    expect(runAt(front, 9_999.9)?.file).toBe('0.mp4');
    expect(runAt(front, 10_000)?.file).toBe('10000.mp4');
  });

  it('is none in a gap, before all and after all', () => {
    expect(runAt(front, 20_000)).toBeUndefined();
    expect(runAt(front, -1)).toBeUndefined();
    expect(runAt(front, 40_000)).toBeUndefined();
    expect(runAt([], 0)).toBeUndefined();
  });
});

describe('where play goes on', () => {
  it('is the same instant over a seam', () => {
    expect(landingFrom([front], 10_000)).toEqual({ atMs: 10_000 });
  });

  it('is after the gap, and says what was skipped', () => {
    expect(landingFrom([front], 22_000)).toEqual({ atMs: 30_000, skipped: { startMs: 22_000, endMs: 30_000 } });
  });

  it('says nothing of a seam that rounding opened', () => {
    expect(landingFrom([[run(0, 9_999.6), run(10_000, 20_000)]], 9_999.6)).toEqual({ atMs: 10_000 });
  });

  it('skips only where no camera has a picture, to the first that has one', () => {
    expect(landingFrom([front, yard], 22_000)).toEqual({ atMs: 22_000 });
    expect(landingFrom([front, yard], 25_000)).toEqual({ atMs: 30_000, skipped: { startMs: 25_000, endMs: 30_000 } });
  });

  it('is nowhere behind the last footage, and where there is none at all', () => {
    expect(landingFrom([front, yard], 45_000)).toBeUndefined();
    expect(landingFrom([], 0)).toBeUndefined();
  });
});
