import fc from 'fast-check';
import { DAY_MS, utcDay } from '@vr/base';
import { isDay } from '@vr/contracts';
import { segmentFileName } from '@vr/footage';
import { DaySegments, type TimedSize } from './day-segments';
import { readDay } from './footage-catalogue';
import { byStart, type FootageDay } from './footage-days';

const FIRST_DAY_MS = Date.UTC(2026, 10, 20);
const segment = fc.record({
  atMs: fc.oneof(fc.integer({ min: 0, max: DAY_MS - 1 }), fc.integer({ min: 0, max: 5 })),
  durationMs: fc.integer({ min: 0, max: 3 }),
  sizeBytes: fc.nat(9),
});

const segmentsFrom = (
  dayMs: number,
  found: readonly { atMs: number; durationMs: number; sizeBytes: number }[],
): TimedSize[] =>
  found.map(({ atMs, durationMs, sizeBytes }) => ({
    startMs: dayMs + atMs,
    endMs: dayMs + atMs + durationMs,
    sizeBytes,
  }));

const dayOf = (cameraId: string, dayMs: number, segments: readonly TimedSize[]): FootageDay => ({
  ...{ cameraId, day: utcDay(dayMs), closed: new DaySegments(segments), open: [], names: segments.length },
});

describe('the segments of a day', () => {
  it('stand in the order of their starts, each with its own end and size', () => {
    fc.assert(
      fc.property(fc.array(segment), (found) => {
        const segments = segmentsFrom(FIRST_DAY_MS, found);
        // The sort is stable: two that begin at once keep their order.
        const wanted = [...segments].sort((a, b) => a.startMs - b.startMs);
        expect(new DaySegments(segments).toArray()).toEqual(wanted);
      }),
      { numRuns: 10_000 },
    );
  });

  it('may be one a second', () => {
    const segments = segmentsFrom(
      FIRST_DAY_MS,
      Array.from({ length: 86_400 }, (_, i) => ({ atMs: DAY_MS - 1000 * (i + 1), durationMs: 1000, sizeBytes: i })),
    );
    expect(new DaySegments(segments).toArray()).toEqual([...segments].reverse());
  });

  it('keep the size of the very segment when the day is read again; any other is asked for its own', () => {
    const day = utcDay(FIRST_DAY_MS);
    if (!isDay(day)) throw new Error(`${day} is no day`);
    const folder = { cameraId: 'cam_1', day, path: '/nowhere' };
    fc.assert(
      fc.property(
        fc.uniqueArray(segment, { selector: ({ atMs, durationMs }) => `${atMs} ${durationMs}` }),
        segment,
        (found, other) => {
          const known = segmentsFrom(FIRST_DAY_MS, found);
          const asked = segmentsFrom(FIRST_DAY_MS, [...found, other]);
          const names = asked.map(({ startMs, endMs }) =>
            segmentFileName({ cameraId: 'cam_1', startMs, durationMs: endMs - startMs }),
          );
          const again = readDay(folder, names, dayOf('cam_1', FIRST_DAY_MS, known), () => ({ size: 77, mtimeMs: 0 }));
          const sizes = asked.map(
            ({ startMs, endMs }) =>
              known.find((one) => one.startMs === startMs && one.endMs === endMs)?.sizeBytes ?? 77,
          );
          const got = again.closed.toArray().map(({ startMs, endMs, sizeBytes }) => `${startMs} ${endMs} ${sizeBytes}`);
          const wanted = asked.map(({ startMs, endMs }, i) => `${startMs} ${endMs} ${sizes[i] ?? NaN}`);
          expect(got.sort()).toEqual(wanted.sort());
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

it('the segments of all days come by their starts, each once, with its day and its row', () => {
  const days = fc.uniqueArray(
    fc.record({
      camera: fc.nat(3),
      day: fc.nat(2),
      segments: fc.array(segment, { maxLength: 12 }),
    }),
    { selector: ({ camera, day }) => `${camera} ${day}` },
  );
  fc.assert(
    fc.property(days, (found) => {
      const all = found.map(({ camera, day, segments }) => {
        const dayMs = FIRST_DAY_MS + day * DAY_MS;
        return dayOf(`cam_${camera}`, dayMs, segmentsFrom(dayMs, segments));
      });
      const got = [...byStart(all)];
      const starts = got.map(({ startMs }) => startMs);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      for (const { day, row, cameraId, startMs, endMs, sizeBytes } of got) {
        expect(day.closed.toArray()[row]).toEqual({ startMs, endMs, sizeBytes });
        expect(cameraId).toBe(day.cameraId);
      }
      const names = got.map(({ day, row }) => `${day.cameraId} ${day.day} ${row}`);
      const wanted = all.flatMap((day) => day.closed.toArray().map((_, row) => `${day.cameraId} ${day.day} ${row}`));
      expect(names.sort()).toEqual(wanted.sort());
    }),
    { numRuns: 10_000 },
  );
});
