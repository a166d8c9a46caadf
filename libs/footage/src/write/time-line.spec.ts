import type { TrackFragment } from '@vr/mp4';
import { TimeLine, type Tear } from './time-line';

const video = (momentarySamples = 0): TrackFragment => ({ sampleCount: 25, momentarySamples }) as TrackFragment;

describe('TimeLine', () => {
  let line: TimeLine;
  /** The fragment of the run's n-th second. It arrives `lateMs` after its end. */
  const feed = (n: number, lateMs = 0, o: { aheadMs?: number; momentary?: number } = {}): Tear | undefined =>
    line.tornBy(
      { video: video(o.momentary), mediaStartMs: n * 1000, mediaEndMs: (n + 1) * 1000 + (o.aheadMs ?? 0) },
      (n + 1) * 1000 + lateMs,
    );
  const feedHealthy = (count: number): void => {
    for (let n = 0; n < count; n++) expect(feed(n)).toBeUndefined();
  };
  beforeEach(() => {
    line = new TimeLine();
  });

  it('bears jitter, a stall with the burst after it, and the late beginning of a run', () => {
    for (let n = 0; n < 5; n++) expect(feed(n, 6000 - n * 1000)).toBeUndefined();
    for (let n = 5; n < 40; n++) expect(feed(n, (n * 97) % 300)).toBeUndefined();
    for (let n = 40; n < 48; n++) expect(feed(n, 8000 - (n - 40) * 1000)).toBeUndefined();
    expect(feed(48)).toBeUndefined();
  });

  it('bears a camera clock that drifts by 200 ppm, for days', () => {
    for (let n = 0; n < 200_000; n += 10) expect(feed(n, n * -0.2)).toBeUndefined();
  });

  it('tells a jump ahead, by its length', () => {
    feedHealthy(15);
    const tear = feed(15, 0, { aheadMs: 100_000 });
    expect(tear?.why).toMatch(/jumped ahead by 100\d{3} ms/);
    expect(tear?.isLastGood).toBe(false);
  });

  it('tells stamps that went back, once they have stood still for three seconds', () => {
    feedHealthy(15);
    for (let n = 15; n < 18; n++) expect(feed(n, 0, { momentary: 25 })).toBeUndefined();
    const tear = feed(18, 0, { momentary: 25 });
    expect(tear?.why).toMatch(/all pictures of 4000 ms are at one instant/);
    expect(tear?.isLastGood).toBe(true); // its pictures can be counted
  });

  it('bears several pictures with one stamp, and stamps that went back by less', () => {
    for (let n = 0; n < 40; n++) expect(feed(n, 0, { momentary: n % 3 === 2 ? 24 : 25 })).toBeUndefined();
  });

  it('bears stamps that stand still from the beginning, or that were known to', () => {
    const bears = (known: boolean): void => {
      line = new TimeLine({ mayStandStill: known });
      if (known) feedHealthy(10);
      for (let n = 10; n < 60; n++) {
        const atMs = known ? 10_000 : 0;
        expect(line.tornBy({ video: video(25), mediaStartMs: atMs, mediaEndMs: atMs }, n * 1000)).toBeUndefined();
      }
    };
    bears(true);
    bears(false);
  });
});
