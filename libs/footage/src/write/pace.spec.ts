import { seededRandom } from '@vr/testing';
import { Pace } from './pace';
import { RunClock } from './run-clock';

const TIMESCALE = 90_000;

interface Simulated {
  /** Pictures a second: what the stamps say, and what comes. */
  stated: number;
  sent: number;
  seconds: number;
  /** Arrivals are late by up to this much. */
  jitterMs?: number;
  clump?: number;
  seed?: number;
  /** From then on the camera sends what it says. */
  rightFromSeconds?: number;
}

/**
 * Runs fragments of 12 pictures through a pace and a run's clock, as RunTimes does. Returns the pace, and how wrong
 * each picture's stamp is at its arrival.
 */
function simulate({
  stated,
  sent,
  seconds,
  jitterMs = 0,
  clump = 1,
  seed = 1,
  rightFromSeconds = Infinity,
}: Simulated) {
  const random = seededRandom(seed);
  const pace = new Pace();
  const clock = new RunClock({ settleMs: 20_000 });
  const pictures: { seenMs: number; ticks: number }[] = [];
  let seenMs = 0;
  let statedMs = 0;
  while (seenMs < seconds * 1000) {
    pictures.push({ seenMs, ticks: Math.round((statedMs * TIMESCALE) / 1000) });
    statedMs += 1000 / stated;
    seenMs += 1000 / (seenMs >= rightFromSeconds * 1000 ? stated : sent);
  }
  const stamps = pictures.map((_, i) => (pictures[i - (i % clump)]?.ticks ?? 0) + (i % clump));
  const errors: { atMs: number; errorMs: number }[] = [];
  let isFirst = true;
  for (let from = 0; from + 12 < pictures.length; from += 12) {
    const startTicks = stamps[from] ?? 0;
    const durations = Array.from({ length: 12 }, (_, i) => (stamps[from + i + 1] ?? 0) - (stamps[from + i] ?? 0));
    const arrivalMs = (pictures[from + 12]?.seenMs ?? 0) + random() * jitterMs;
    const lateMs = (endMs: number): number => (isFirst ? 0 : arrivalMs - clock.wallMs(endMs));
    const arrival = { atMs: arrivalMs, lateMs, errorMs: clock.errorMs };
    const paced = pace.next({ startTicks, durations, timescale: TIMESCALE }, arrival);
    if (paced.isNewPace) clock.forget();
    const mediaStartMs = (paced.startTicks / TIMESCALE) * 1000;
    const mediaEndMs = mediaStartMs + (paced.durations.reduce((sum, ticks) => sum + ticks, 0) / TIMESCALE) * 1000;
    if (!pace.catchesUp) clock.observe({ mediaStartMs, mediaEndMs, seen: { mediaMs: mediaEndMs, atMs: arrivalMs } });
    isFirst = false;
    errors.push({
      atMs: pictures[from]?.seenMs ?? 0,
      errorMs: clock.wallMs(mediaStartMs) - (pictures[from]?.seenMs ?? 0),
    });
  }
  const worstFrom = (fromSeconds: number): number =>
    errors.reduce(
      (worst, { atMs, errorMs }) => (atMs >= fromSeconds * 1000 ? Math.max(worst, Math.abs(errorMs)) : worst),
      0,
    );
  return { pace, worstFrom };
}

describe('Pace', () => {
  it('changes nothing where stamps are right, at any jitter of the network up to 300 ms', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { pace } = simulate({ stated: 25, sent: 25, seconds: 3600, jitterMs: 300, seed });
      expect(pace.rate).toBe(1);
      expect(pace.catchesUp).toBe(false);
    }
  });

  it.each([
    -0.5, -0.3, -0.25, -0.2, -0.16, -0.1, -0.07, -0.05, -0.04, -0.03, -0.02, -0.01, -0.005, -0.001, 0.001, 0.005, 0.01,
    0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.16, 0.2, 0.25, 0.3, 0.5,
  ])('a camera that sends %f more than it says has stamps within 500 ms after 10 s, and for minutes', (error) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { worstFrom } = simulate({ stated: 25, sent: 25 * (1 + error), seconds: 600, jitterMs: 60, seed });
      expect(worstFrom(10)).toBeLessThan(500);
    }
  });

  it.each([2, 5, 12])('follows the arrival of %i pictures with one stamp that run at another rate, too', (clump) => {
    expect(simulate({ stated: 25, sent: 20, seconds: 120, clump, jitterMs: 20 }).worstFrom(10)).toBeLessThan(500);
    expect(simulate({ stated: 20, sent: 25, seconds: 120, clump, jitterMs: 20 }).worstFrom(10)).toBeLessThan(500);
  });

  it("comes back to the camera's stamps when they are right again", () => {
    const { pace, worstFrom } = simulate({ stated: 25, sent: 20, seconds: 120, rightFromSeconds: 60, jitterMs: 20 });
    expect(pace.rate).toBe(1);
    expect(worstFrom(80)).toBeLessThan(200);
  });

  it('follows stamps of a clock of 1 kHz where 90 kHz is promised', () => {
    const { pace, worstFrom } = simulate({ stated: 25 * 90, sent: 25, seconds: 120 });
    expect(pace.rate).toBeGreaterThan(85);
    expect(worstFrom(60)).toBeLessThan(500);
  });
});
