import { gapAt, LANE_PIXELS, laidOut, RULER_PIXELS, type Lane } from './layout';

const scale = { startMs: 100_000, endMs: 200_000, widthPixels: 1000 };
const gap = { start: 140, end: 150, reason: 'camera_stalled' as const };
const yard: Lane = {
  name: 'Yard',
  timeline: {
    spans: [
      { start: 0, end: 140 },
      { start: 150, end: 150.01 },
      { start: 500, end: 600 },
    ],
    gaps: [gap],
    protections: [],
    events: [160, 90, 300].map((timestamp) => ({
      ...{ clip_id: '', event_id: '', event_type: 'person', timestamp },
      ...{ start: timestamp, end: timestamp },
    })),
  },
};

it('stripes are cut at the edges, what is out of sight is left out, and none is too narrow to be seen', () => {
  const [lane] = laidOut([yard], scale);
  expect(lane?.footage).toEqual([
    { x: 0, width: 400 },
    { x: 500, width: 2 },
  ]);
  expect(lane?.gaps).toEqual([{ x: 400, width: 100 }]);
  expect(lane?.events).toEqual([{ x: 600, type: 'person' }]);
});

it('a camera of which nothing is known yet has its lane', () => {
  expect(laidOut([{ name: 'Door', timeline: undefined }, yard], scale).map(({ top }) => top)).toEqual([
    RULER_PIXELS,
    RULER_PIXELS + LANE_PIXELS,
  ]);
});

it('the gap under the pointer is that of its lane', () => {
  const lanes = [{ name: 'Door', timeline: undefined }, yard];
  expect(gapAt(lanes, 145_000, RULER_PIXELS + LANE_PIXELS + 1)).toBe(gap);
  expect(gapAt(lanes, 145_000, RULER_PIXELS + 1)).toBeUndefined();
  expect(gapAt(lanes, 139_000, RULER_PIXELS + LANE_PIXELS + 1)).toBeUndefined();
});
