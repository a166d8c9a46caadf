import { seededRandom } from '@vr/testing';
import fc from 'fast-check';
import type { QueuedFragment } from './fragment-queue';
import { RunTimes } from './run-times';

const TIMESCALE = 90_000;
const PICTURES = 12;

/** A fragment that holds only its times. The lengths of its pictures stand in `bytes`. */
function fragment(startTicks: number, ticks: number, arrivalMs: number, count = PICTURES): QueuedFragment {
  const bytes = Buffer.alloc(count * 4);
  for (let i = 0; i < count; i++) bytes.writeUInt32BE(ticks, i * 4);
  const video = {
    track: { id: 1, kind: 'video', timescale: TIMESCALE },
    baseDecodeTime: startTicks,
    durationTicks: ticks * count,
    sampleCount: count,
    runs: [{ count, sampleBytes: 4, durationAt: 0 }],
    defaultDuration: { ticks },
    lastSample: { ticks, durationOffset: (count - 1) * 4 },
  };
  const arrival = { wallMs: arrivalMs, monotonicMs: arrivalMs };
  return {
    kind: 'fragment',
    bytes,
    rest: [],
    blocks: [],
    video,
    tracks: [video],
    init: { video: { codec: 'h264' } },
    arrival,
  } as unknown as QueuedFragment;
}

/**
 * Simulates a camera that says 25 pictures a second and sends another rate. Arrivals are late by some ms. It gives how
 * far stamps after `fromSeconds` are from the truth at most.
 */
function worstFrom(fromSeconds: number, sent: number, lateMs: number, seed: number): number {
  const random = seededRandom(seed);
  const times = new RunTimes();
  let worstMs = 0;
  for (let first = 0; first < sent * 60; first += PICTURES) {
    // ffmpeg hands a fragment over when the second picture behind it begins to come.
    const seenMs = (n: number): number => (n / sent) * 1000;
    const one = fragment(first * 3600, 3600, seenMs(first + PICTURES + 1) + random() * lateMs);
    times.place(one);
    const errorMs = times.wallMs(one.mediaStartMs) - seenMs(first);
    if (seenMs(first) > fromSeconds * 1000) worstMs = Math.max(worstMs, Math.abs(errorMs));
  }
  return worstMs;
}

/** ffmpeg reads so many pictures before it hands on any of them. */
const LOOKED_AT = 7;

interface Slow {
  stated: number;
  sent: number;
  lateMs: number;
  seed: number;
}

/**
 * Simulates a camera of one or two pictures a second, each in its own fragment. It gives how wrong the stamps after
 * 10 s are at most, by the final clock.
 */
function slow({ stated, sent, lateMs, seed }: Slow): { times: RunTimes; worstMs: number } {
  const random = seededRandom(seed);
  const times = new RunTimes();
  const seenMs = (n: number): number => (n / sent) * 1000;
  const errors: { atMs: number; errorMs: number }[] = [];
  let arrivedMs = 0;
  for (let n = 0; n < sent * 300; n++) {
    arrivedMs = Math.max(arrivedMs, seenMs(Math.max(n + 2, LOOKED_AT)) + random() * lateMs);
    const ticks = Math.round(TIMESCALE / stated);
    const one = fragment(n * ticks, ticks, arrivedMs, 1);
    const loweredMs = times.place(one);
    for (const each of errors) each.errorMs -= loweredMs;
    errors.push({ atMs: seenMs(n), errorMs: times.wallMs(one.mediaStartMs) - seenMs(n) });
  }
  const settled = errors.filter(({ atMs }) => atMs >= 10_000);
  return { times, worstMs: Math.max(...settled.map(({ errorMs }) => Math.abs(errorMs))) };
}

const seeded = { seed: 1, numRuns: 300 };
const rate = fc.oneof(fc.double({ min: -0.3, max: -0.1, noNaN: true }), fc.double({ min: 0.1, max: 0.3, noNaN: true }));

describe('RunTimes', () => {
  it('stamps a camera of one or two pictures a second, up to 30 % off its rate, within 500 ms after 10 s', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2), rate, fc.integer(), (stated, error, seed) => {
        expect(slow({ stated, sent: stated * (1 + error), lateMs: 40, seed }).worstMs).toBeLessThan(500);
      }),
      seeded,
    );
  });

  it('leaves the stamps of such a camera alone where they are right and the network is late by up to 300 ms', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 5), fc.integer(), (fps, seed) => {
        const { times } = slow({ stated: fps, sent: fps, lateMs: 300, seed });
        expect(times.stampFaults.rate).toBe(1);
      }),
      seeded,
    );
  });

  it.each([17.5, 20, 22, 28, 30, 32.5])(
    'has exact stamps of a camera that says 25 a second and sends %d, once it is seen',
    (sent) => {
      expect(worstFrom(12, sent, 0, 1)).toBeLessThan(50);
    },
  );

  it.each([17.5, 20, 22, 28, 30, 32.5])('and near ones on a busy machine: it sends %d', (sent) => {
    for (let seed = 1; seed <= 10; seed++) expect(worstFrom(12, sent, 60, seed)).toBeLessThan(300);
  });
});
