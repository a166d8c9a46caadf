import { seededRandom } from '@vr/testing';
import { DelayTrend } from './delay-trend';

/** Adds arrivals as [instant, delay], in ms; returns the first trend that they make. */
function trendOf(arrivals: readonly (readonly [atMs: number, delayMs: number])[]) {
  const trend = new DelayTrend();
  for (const [atMs, delayMs] of arrivals) {
    const found = trend.add(atMs, delayMs);
    if (found) return found;
  }
  return undefined;
}

describe('DelayTrend', () => {
  it('finds no trend where one late arrival stands before a silence, and jitter behind it', () => {
    // Seen: the queue had dropped seven fragments of a second. The stamps were 17 ms short from then on.
    const seen = [
      [0, 360],
      [6876, 236],
      [8814, 174],
      [10_752, 112],
      [12_809, 169],
      [14_747, 107],
      [16_700, 120],
    ] as const;
    expect(trendOf(seen)).toBeUndefined();
  });

  it.each([500, 1000])('finds none in hours of 300 ms of jitter, fragments of %s ms, some dropped', (fragmentMs) => {
    const random = seededRandom(11);
    for (let run = 0; run < 300; run++) {
      const arrivals: [number, number][] = [];
      for (let sentMs = 0; sentMs < 120_000; sentMs += fragmentMs) {
        if (random() < 0.02) sentMs += Math.floor(random() * 20) * fragmentMs;
        const delayMs = random() * 300;
        arrivals.push([sentMs + delayMs, delayMs]);
      }
      expect(trendOf(arrivals)).toBeUndefined();
    }
  });

  it('finds a camera that is 5 % slow behind a silence, too', () => {
    const arrivals = Array.from({ length: 60 }, (_, i) => i * 500)
      .filter((atMs) => atMs < 2000 || atMs > 9000)
      .map((atMs) => [atMs, atMs * 0.05] as const);
    expect(trendOf(arrivals)?.slope).toBeCloseTo(0.05, 3);
  });
});
