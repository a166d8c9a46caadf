import { evictWhenFull, nextGroup, stale } from './buffer-plan';
import type { KeyFrame, Run } from './recorded-runs';

function run(startMs: number, endMs: number): Run {
  const keys: KeyFrame[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += 2000)
    keys.push({ atMs, offsetBytes: 800 + atMs - startMs, sizeBytes: 2000 });
  return { file: `${startMs}.mp4`, startMs, endMs, keys };
}
const runs = [run(0, 10_000), run(60_000, 80_000)];

describe('what is fetched next', () => {
  it('is the group of the playhead, after a jump', () => {
    expect(nextGroup(runs, [], 3000)).toEqual({
      bytes: { file: '0.mp4', firstByte: 2800, lastByte: 4799 },
      startMs: 2000,
      endMs: 4000,
    });
  });

  it('is the first that is missing, also where the browser rounded the ends of what it holds', () => {
    const buffered = [
      { startMs: 2001, endMs: 3999 },
      { startMs: 4000, endMs: 5990 },
    ];
    expect(nextGroup(runs, buffered, 3000)?.startMs).toBe(6000);
  });

  it('is behind the gap, before the playhead gets there', () => {
    expect(nextGroup(runs, [{ startMs: 0, endMs: 10_000 }], 8500)?.startMs).toBe(60_000);
  });

  it('is nothing once enough media lies ahead, and behind the last footage', () => {
    const buffered = [
      { startMs: 0, endMs: 10_000 },
      { startMs: 60_000, endMs: 70_000 },
    ];
    expect(nextGroup(runs, buffered, 8500)).toBeUndefined();
    expect(nextGroup(runs, buffered, 8500, 12_000)?.startMs).toBe(70_000);
    expect(nextGroup(runs, [], 90_000)).toBeUndefined();
  });

  it('fills the whole buffer group by group, each once', () => {
    let endMs = 60_000;
    const starts: number[] = [];
    for (let group; (group = nextGroup(runs, [{ startMs: 60_000, endMs }], 60_000)); endMs = group.endMs)
      starts.push(group.startMs);
    expect(starts).toEqual([60_000, 62_000, 64_000, 66_000, 68_000]);
  });
});

describe('what the buffer lets go', () => {
  it('is what lies too far behind, and what a jump left far ahead', () => {
    const buffered = [
      { startMs: 0, endMs: 100_000 },
      { startMs: 500_000, endMs: 510_000 },
    ];
    expect(stale(buffered, 95_000)).toEqual([
      { startMs: 0, endMs: 80_000 },
      { startMs: 500_000, endMs: 510_000 },
    ]);
    expect(stale([{ startMs: 90_000, endMs: 104_000 }], 95_000)).toEqual([]);
  });

  it('is the farther half of what lies behind when the browser is full, and never the group on show', () => {
    const group = { startMs: 20_000, endMs: 22_000 };
    expect(evictWhenFull([{ startMs: 0, endMs: 30_000 }], group)).toEqual({ startMs: 0, endMs: 10_000 });
    expect(evictWhenFull([{ startMs: 18_500, endMs: 30_000 }], group)).toEqual({ startMs: 18_500, endMs: 20_000 });
    expect(evictWhenFull([{ startMs: 20_000, endMs: 30_000 }], group)).toEqual({ startMs: 22_000, endMs: 30_000 });
    expect(evictWhenFull([{ startMs: 20_000, endMs: 22_000 }], group)).toBeUndefined();
    expect(evictWhenFull([], group)).toBeUndefined();
  });
});
