import { RunClock } from './run-clock';

/** Feeds fragments of 1 s whose arrival is late by `delaysMs`, on a camera clock that is off by `ppm`. */
function run(clock: RunClock, delaysMs: readonly number[], ppm = 0, t0 = 1_000_000): { loweredMs: number[]; broken: boolean[] } {
  const loweredMs: number[] = [];
  const broken: boolean[] = [];
  delaysMs.forEach((delayMs, i) => {
    const scale = 1000 * (1 + ppm / 1e6);
    const mediaEndMs = (i + 1) * scale;
    const observed = clock.observe({ mediaStartMs: i * scale, mediaEndMs, arrivalMs: t0 + (i + 1) * 1000 + delayMs });
    loweredMs.push(observed.loweredMs);
    broken.push(observed.broken);
  });
  return { loweredMs, broken };
}

describe('RunClock', () => {
  it('lets the least delayed of the first fragments win, and says by how much the others were late', () => {
    const clock = new RunClock();
    expect(run(clock, [900, 40, 300]).loweredMs).toEqual([0, 860, 0]);
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
    const seconds = 3 * 24 * 3600;
    run(clock, new Array<number>(seconds).fill(30), ppm);
    const mediaEndMs = seconds * 1000 * (1 + ppm / 1e6);
    expect(Math.abs(clock.wallMs(mediaEndMs) - (1_000_000 + seconds * 1000 + 30))).toBeLessThan(20);
  });

  it('ends the run when the machine clock steps back by more than 2 s', () => {
    const clock = new RunClock();
    const delays = [...new Array<number>(20).fill(30), -5000];
    expect(run(clock, delays).broken.at(-1)).toBe(true);
  });

  it('ends the run when the machine clock steps forward, once the last minute has nothing older', () => {
    const clock = new RunClock({ windowMs: 5000 });
    const delays = [...new Array<number>(20).fill(30), ...new Array<number>(10).fill(5030)];
    expect(run(clock, delays).broken.at(-1)).toBe(true);
  });
});
