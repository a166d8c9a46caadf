import type { Segment } from '@vr/footage';
import { gapsBetween, nearestSpans, spansOf } from './timeline';

const segment = (startMs: number, endMs?: number): Segment => ({
  recordingsDir: '',
  cameraId: 'cam',
  path: '',
  fileName: '',
  startMs,
  endMs,
});

describe('the timeline', () => {
  const range = { startMs: 10_000, endMs: 100_000 };
  const segments = [segment(0, 20_000), segment(20_040, 40_000), segment(60_000)];

  it('joins segments that abut and clips them to the range', () => {
    expect(spansOf(segments, range, 70_000)).toEqual([
      { startMs: 10_000, endMs: 40_000 },
      { startMs: 60_000, endMs: 70_000 },
    ]);
  });

  it('names what is missing, with the written reason where there is one', () => {
    const written = [{ startMs: 41_000, endMs: 59_000, reason: 'camera_refused' as const }];
    expect(gapsBetween(spansOf(segments, range, 70_000), range, written)).toEqual([
      { startMs: 40_000, endMs: 60_000, reason: 'camera_refused' },
      { startMs: 70_000, endMs: 100_000, reason: 'unknown' },
    ]);
  });

  it('finds what lies on either side', () => {
    const spans = spansOf(segments, { startMs: 0, endMs: 100_000 }, 70_000);
    expect(nearestSpans(spans, { startMs: 45_000, endMs: 50_000 })).toEqual([
      { startMs: 0, endMs: 40_000 },
      { startMs: 60_000, endMs: 70_000 },
    ]);
    expect(nearestSpans(spans, { startMs: 80_000, endMs: 90_000 })).toEqual([{ startMs: 60_000, endMs: 70_000 }]);
  });
});
