import { keepInStep, LiveTarget } from './sync-control';

const FRAME_MS = 40;

/** A follower whose clock is off by this much, corrected four times a second. @returns its errors, each second */
function followed(startAheadMs: number, clockError: number, rate: number, seconds: number): number[] {
  let axisMs = 0;
  let pictureMs = startAheadMs;
  const errors: number[] = [];
  for (let tick = 0; tick < seconds * 4; tick++) {
    const { playbackRate, jumpToMs } = keepInStep(pictureMs - axisMs, axisMs, rate);
    if (jumpToMs !== undefined) pictureMs = jumpToMs;
    pictureMs += 250 * playbackRate * (1 + clockError);
    axisMs += 250 * rate;
    if (tick % 4 === 3) errors.push(pictureMs - axisMs);
  }
  return errors;
}

describe('a picture that follows the axis', () => {
  it.each([
    [1, 0.001],
    [1, -0.001],
    [0.25, 0.001],
    [2, -0.001],
  ])('at rate %d stays within one frame over a minute, with a clock that is off by %d', (rate, clockError) => {
    for (const error of followed(0, clockError, rate, 60)) expect(Math.abs(error)).toBeLessThan(FRAME_MS);
  });

  it.each([400, -400])('makes up for %d ms within 15 s without a jump, and does not swing past', (aheadMs) => {
    expect(keepInStep(aheadMs, 0, 1).jumpToMs).toBeUndefined();
    const errors = followed(aheadMs, 0, 1, 15);
    expect(Math.abs(errors.at(-1) ?? Infinity)).toBeLessThan(FRAME_MS / 2);
    for (const error of errors) expect(Math.sign(error) * Math.sign(aheadMs)).toBeGreaterThanOrEqual(0);
  });

  it('jumps where a rate would take too long, and never plays more than 5 % off', () => {
    expect(keepInStep(-2000, 50_000, 1)).toEqual({ playbackRate: 1, jumpToMs: 50_000 });
    expect(keepInStep(-499, 50_000, 1).playbackRate).toBeCloseTo(1.05);
    expect(keepInStep(499, 50_000, 2).playbackRate).toBeCloseTo(1.9);
  });
});

describe('the target of live', () => {
  it('begins half a fragment behind, and goes further back with each stall, to 3 s', () => {
    const target = new LiveTarget(500);
    expect(target.targetMs).toBe(250);
    target.stalled(1000);
    expect(target.targetMs).toBe(750);
    for (let stall = 0; stall < 20; stall++) target.stalled(2000);
    expect(target.targetMs).toBe(3000);
  });

  it('comes closer again after ten calm seconds, and not at once', () => {
    const target = new LiveTarget(500);
    target.stalled(1000);
    target.playing(10_999);
    expect(target.targetMs).toBe(750);
    target.playing(11_000);
    expect(target.targetMs).toBe(500);
    for (let atMs = 12_000; atMs < 100_000; atMs += 1000) target.playing(atMs);
    expect(target.targetMs).toBe(250);
  });

  it('jumps to the target where a tab in the background fell behind', () => {
    const target = new LiveTarget(500);
    expect(target.correction(40_000, 60_000)).toEqual({ playbackRate: 1, jumpToMs: 59_750 });
    expect(target.correction(59_755, 60_000)).toEqual({ playbackRate: 1 });
  });
});
