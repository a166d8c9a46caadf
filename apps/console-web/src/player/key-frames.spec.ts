import { groupBytes, groupEndMs, keyFrameFor, nextKeyFrame } from './key-frames';
import type { KeyFrame, Run } from './recorded-runs';

/** A key frame each second, 1,000 bytes apart. */
function run(startMs: number, endMs: number): Run {
  const keys: KeyFrame[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += 1000)
    keys.push({ atMs, offsetBytes: 800 + atMs - startMs, sizeBytes: 1000 });
  return { file: `${startMs}.mp4`, startMs, endMs, keys };
}
const runs = [run(0, 10_000), run(60_000, 70_500)];

describe('the key frame of an instant', () => {
  it('is the last one at or before it', () => {
    expect(keyFrameFor(runs, 3000)?.key.atMs).toBe(3000);
    expect(keyFrameFor(runs, 3999.9)?.key.atMs).toBe(3000);
  });

  it('is none in a gap', () => {
    expect(keyFrameFor(runs, 30_000)).toBeUndefined();
  });

  it('brings the bytes of its group, to the byte before the next key frame', () => {
    const found = keyFrameFor(runs, 3500);
    expect(found && groupBytes(found)).toEqual({ file: '0.mp4', firstByte: 3800, lastByte: 4799 });
    expect(found && groupEndMs(found)).toBe(4000);
  });

  it('brings its own bytes where it is the last one that is known', () => {
    const found = keyFrameFor(runs, 70_400);
    expect(found && groupBytes(found)).toEqual({ file: '60000.mp4', firstByte: 10_800, lastByte: 11_799 });
    expect(found && groupEndMs(found)).toBe(70_500);
  });
});

describe('fast play', () => {
  function shownAt(rate: number, from: number): number[] {
    const shown: number[] = [];
    let key: KeyFrame | undefined = { atMs: from, offsetBytes: 0, sizeBytes: 1 };
    while ((key = nextKeyFrame(runs, key, rate, 4)?.key)) shown.push(key.atMs);
    return shown;
  }

  it('shows four pictures a second that lie as far apart as the rate says, and passes over the gap', () => {
    expect(shownAt(8, 0)).toEqual([2000, 4000, 6000, 8000, 60_000, 62_000, 64_000, 66_000, 68_000, 70_000]);
  });

  it('shows every key frame where they lie further apart than the rate asks', () => {
    expect(shownAt(1, 6000)).toEqual([7000, 8000, 9000, ...Array.from({ length: 11 }, (_, i) => 60_000 + i * 1000)]);
  });

  it('goes back, too, and ends at the first picture', () => {
    expect(shownAt(-16, 66_000)).toEqual([62_000, 9000, 5000, 1000]);
  });

  it('lands on a run that lies inside one step', () => {
    expect(shownAt(300, 0)).toEqual([]);
    expect(nextKeyFrame(runs, { atMs: 0, offsetBytes: 0, sizeBytes: 1 }, 200, 4)?.key.atMs).toBe(60_000);
  });
});
