import { seededRandom } from '@vr/testing';
import type { QueuedFragment } from './fragment-queue';
import { RunTimes } from './run-times';

const TIMESCALE = 90_000;
const PICTURES = 12;

/** A fragment as far as its times are read: the lengths of its pictures stand in `bytes`. */
function fragment(startTicks: number, ticks: number, arrivalMs: number): QueuedFragment {
  const bytes = Buffer.alloc(PICTURES * 4);
  for (let i = 0; i < PICTURES; i++) bytes.writeUInt32BE(ticks, i * 4);
  const video = {
    track: { id: 1, kind: 'video', timescale: TIMESCALE },
    baseDecodeTime: startTicks,
    durationTicks: ticks * PICTURES,
    sampleCount: PICTURES,
    runs: [{ count: PICTURES, sampleBytes: 4, durationAt: 0 }],
    defaultDuration: { ticks },
    lastSample: { ticks, durationOffset: (PICTURES - 1) * 4 },
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
 * How far the stamps of a camera that says 25 a second are from the truth, from then on. It sends at another rate, and
 * arrivals are late by some ms.
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

describe('RunTimes', () => {
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
