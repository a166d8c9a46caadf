import fc from 'fast-check';
import { utcDay, DAY_MS } from '@vr/base';
import { SegmentColumns, sizeOn } from './segment-columns';
import type { FootageShelf } from './shelf';
import { inOrder } from './shelf-order';

const FIRST_DAY_MS = Date.UTC(2026, 10, 20);
const segment = fc.record({
  atMs: fc.oneof(fc.integer({ min: 0, max: DAY_MS - 1 }), fc.integer({ min: 0, max: 5 })),
  durationMs: fc.integer({ min: 0, max: 3 }),
  sizeBytes: fc.nat(9),
});

interface Segment {
  startMs: number;
  endMs: number;
  sizeBytes: number;
}

function shelfOf(columns: SegmentColumns, cameraId: string, dayMs: number, segments: readonly Segment[]): FootageShelf {
  columns.clear();
  for (const { startMs, endMs, sizeBytes } of segments) columns.add(startMs, endMs, sizeBytes);
  return { ...{ cameraId, day: utcDay(dayMs), open: [], names: segments.length }, ...columns.sorted(dayMs) };
}

function read({ startMs, endMs, sizeBytes }: FootageShelf): Segment[] {
  return Array.from(startMs, (start, row) => ({
    startMs: start,
    endMs: endMs[row] ?? NaN,
    sizeBytes: sizeBytes[row] ?? NaN,
  }));
}

const segmentsOf = (
  dayMs: number,
  found: readonly { atMs: number; durationMs: number; sizeBytes: number }[],
): Segment[] =>
  found.map(({ atMs, durationMs, sizeBytes }) => ({
    startMs: dayMs + atMs,
    endMs: dayMs + atMs + durationMs,
    sizeBytes,
  }));

describe('columns', () => {
  it('stand in the order of starts, each segment with its own end and size, whatever stood there before', () => {
    const columns = new SegmentColumns();
    fc.assert(
      fc.property(fc.array(segment), (found) => {
        const segments = segmentsOf(FIRST_DAY_MS, found);
        // stable: of two that begin at once, as they came
        const wanted = [...segments].sort((a, b) => a.startMs - b.startMs);
        expect(read(shelfOf(columns, 'cam_1', FIRST_DAY_MS, segments))).toEqual(wanted);
      }),
      { numRuns: 10_000 },
    );
  });

  it('hold a day of segments of a second', () => {
    const segments = segmentsOf(
      FIRST_DAY_MS,
      Array.from({ length: 86_400 }, (_, i) => ({ atMs: DAY_MS - 1000 * (i + 1), durationMs: 1000, sizeBytes: i })),
    );
    expect(read(shelfOf(new SegmentColumns(), 'cam_1', FIRST_DAY_MS, segments))).toEqual([...segments].reverse());
  });

  it('know the size of the very segment, of no other that begins with it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(segment, { selector: ({ atMs, durationMs }) => `${atMs} ${durationMs}` }),
        segment,
        (found, other) => {
          const shelf = shelfOf(new SegmentColumns(), 'cam_1', FIRST_DAY_MS, segmentsOf(FIRST_DAY_MS, found));
          for (const { startMs, endMs } of segmentsOf(FIRST_DAY_MS, [...found, other])) {
            expect(sizeOn(shelf, startMs, endMs)).toBe(
              read(shelf).find((one) => one.startMs === startMs && one.endMs === endMs)?.sizeBytes,
            );
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

it('rows of all shelves, or those that were picked, come by their starts', () => {
  const shelves = fc.uniqueArray(
    fc.record({
      camera: fc.nat(3),
      day: fc.nat(2),
      segments: fc.array(segment, { maxLength: 12 }),
      everyOther: fc.boolean(),
    }),
    { selector: ({ camera, day }) => `${camera} ${day}` },
  );
  fc.assert(
    fc.property(shelves, (found) => {
      const picked = found.map(({ camera, day, segments, everyOther }) => {
        const dayMs = FIRST_DAY_MS + day * DAY_MS;
        const shelf = shelfOf(new SegmentColumns(), `cam_${camera}`, dayMs, segmentsOf(dayMs, segments));
        return everyOther ? { shelf, rows: [...shelf.startMs.keys()].filter((row) => row % 2 === 1) } : { shelf };
      });
      const rows = picked.flatMap(({ shelf, rows: of }) =>
        (of ?? [...shelf.startMs.keys()]).map((row) => ({ shelf, row })),
      );
      const got = [...inOrder(picked)];
      const starts = got.map(({ shelf, row }) => shelf.startMs[row] ?? NaN);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      const name = ({ shelf, row }: { shelf: FootageShelf; row: number }): string =>
        `${shelf.cameraId} ${shelf.day} ${row}`;
      expect(got.map(name).sort()).toEqual(rows.map(name).sort());
    }),
    { numRuns: 10_000 },
  );
});
