import { RunClock } from './run-clock';

/** Feeds fragments of 1 s. Each arrives late by its `delaysMs`, on a camera clock that is off by `ppm`. */
function run(clock: RunClock, delaysMs: readonly number[], ppm = 0, t0 = 1_000_000): number[] {
  return delaysMs.map((delayMs, i) => {
    const scale = 1000 * (1 + ppm / 1e6);
    const mediaEndMs = (i + 1) * scale;
    return clock.observe({
      mediaStartMs: i * scale,
      mediaEndMs,
      seen: { mediaMs: mediaEndMs, atMs: t0 + (i + 1) * 1000 + delayMs },
    });
  });
}
const seconds = (count: number, delayMs: number): number[] => new Array<number>(count).fill(delayMs);

describe('RunClock', () => {
  it('lets the least delayed of the first fragments win, and says by how much the others were late', () => {
    const clock = new RunClock();
    expect(run(clock, [900, 40, 300])).toEqual([0, 860, 0]);
    expect(clock.wallMs(0)).toBe(1_000_040);
  });

  it('never lets arrival jitter of a settled run reach the stamps', () => {
    const clock = new RunClock();
    const jitter = Array.from({ length: 600 }, (_, i) => (i * 7919) % 300);
    run(clock, jitter);
    expect(clock.wallMs(0) - 1_000_000).toBeLessThan(35);
  });

  it.each([200, -200])('follows a camera clock that is off by %i ppm for three days', (ppm) => {
    const clock = new RunClock();
    const days = 3 * 24 * 3600;
    run(clock, seconds(days, 30), ppm);
    const mediaEndMs = days * 1000 * (1 + ppm / 1e6);
    expect(Math.abs(clock.wallMs(mediaEndMs) - (1_000_000 + days * 1000 + 30))).toBeLessThan(20);
  });

  it('tells at once of pictures that come before they were seen', () => {
    const clock = new RunClock();
    run(clock, [...seconds(20, 30), -970]);
    expect(clock.errorMs).toBeGreaterThan(-1001);
    expect(clock.errorMs).toBeLessThan(-995);
  });

  it('tells of pictures that are late for good only when the last minute has none that was quick', () => {
    const clock = new RunClock({ windowMs: 30_000 });
    run(clock, [...seconds(40, 30), ...seconds(25, 1030)]);
    expect(clock.errorMs).toBeLessThan(1);
    run(clock, [...seconds(65, 1030), ...seconds(10, 1030)]);
    expect(clock.errorMs).toBeGreaterThan(900);
  });

  it('forgets what was seen at another pace, and then needs time to call anybody late', () => {
    const clock = new RunClock();
    run(clock, seconds(30, 30));
    clock.forget();
    run(clock, [...seconds(30, 30), ...seconds(10, 530)].slice(30));
    expect(clock.errorMs).toBe(0);
  });
});
