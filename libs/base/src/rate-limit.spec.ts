import fc from 'fast-check';
import { RateLimit } from './rate-limit';

class Clock {
  ms = 0;
  monotonicMs(): number {
    return this.ms;
  }
}

describe('a rate limit', () => {
  it('gives all turns at once, then one after the other as time passes', () => {
    const clock = new Clock();
    const limit = new RateLimit(clock, 60);
    for (let i = 0; i < 60; i++) {
      expect(limit.waitMs('a')).toBe(0);
      limit.take('a');
    }
    expect(limit.waitMs('a')).toBe(1000);
    expect(limit.waitMs('b')).toBe(0);
    clock.ms += 999;
    expect(limit.waitMs('a')).toBeCloseTo(1);
    clock.ms += 1;
    expect(limit.waitMs('a')).toBe(0);
  });

  it('never lets more through in any minute than twice its number, nor less than its number where more want to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 400 }),
        (perMinute, pausesMs) => {
          const clock = new Clock();
          const limit = new RateLimit(clock, perMinute);
          const taken: number[] = [];
          for (const pauseMs of pausesMs) {
            clock.ms += pauseMs;
            if (limit.waitMs('a') > 0) continue;
            limit.take('a');
            taken.push(clock.ms);
          }
          for (const startMs of taken)
            expect(taken.filter((ms) => ms >= startMs && ms < startMs + 60_000).length).toBeLessThanOrEqual(
              2 * perMinute,
            );
          const wantedMs = clock.ms;
          const most = perMinute + (wantedMs * perMinute) / 60_000;
          expect(taken.length).toBeLessThanOrEqual(most + 1e-6);
          expect(taken.length).toBeGreaterThanOrEqual(Math.min(pausesMs.length, perMinute));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('forgets keys that are quiet, however many there were', () => {
    const clock = new Clock();
    const limit = new RateLimit(clock, 1);
    for (let i = 0; i < 5000; i++) {
      limit.take(`key ${i}`);
      clock.ms += 100;
    }
    expect(limit.size).toBeLessThanOrEqual(1001);
  });
});
