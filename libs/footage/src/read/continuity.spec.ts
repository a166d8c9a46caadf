import fc from 'fast-check';
import type { Gap } from '../files/gaps';
import { SEAM_MS } from '../files/names';
import { continuityOf, type SpanMs } from './continuity';

const HOUR_MS = 3_600_000;

/** A correct time line: footage and noted gaps alternate, and each lasts at least a second. */
const truth = fc
  .array(
    fc.record({ footageMs: fc.integer({ min: 1000, max: HOUR_MS }), gapMs: fc.integer({ min: 1000, max: HOUR_MS }) }),
    { minLength: 2, maxLength: 20 },
  )
  .map((parts) => {
    const spans: SpanMs[] = [];
    const lines: Gap[] = [];
    let ms = Date.UTC(2026, 10, 23);
    for (const { footageMs, gapMs } of parts) {
      spans.push({ startMs: ms, endMs: ms + footageMs });
      lines.push({ startMs: ms + footageMs, endMs: ms + footageMs + gapMs, reason: 'camera_stalled' });
      ms += footageMs + gapMs;
    }
    return { spans, lines };
  });
/** A time line, and one of its parts that is not the last. */
const truthAndPart = truth.chain((line) =>
  fc.record({ line: fc.constant(line), i: fc.integer({ min: 0, max: line.spans.length - 2 }) }),
);

describe('continuity', () => {
  it('finds nothing wrong where every hole has its line, and every line its hole', () => {
    fc.assert(
      fc.property(truth, ({ spans, lines }) => {
        expect(continuityOf(spans, lines)).toEqual({
          overlaps: [],
          missing: [],
          contradicted: [],
          explained: lines.slice(0, -1),
        });
      }),
    );
  });

  it('takes seams for neither hole nor overlap', () => {
    fc.assert(
      fc.property(truth, fc.integer({ min: -SEAM_MS, max: SEAM_MS }), ({ spans, lines }, shiftMs) => {
        const shifted = lines.map((line) => ({ ...line, startMs: line.startMs + shiftMs }));
        expect(continuityOf(spans, shifted)).toMatchObject({ overlaps: [], missing: [], contradicted: [] });
      }),
    );
  });

  it('finds the one line that is missing, and nothing else', () => {
    fc.assert(
      fc.property(truthAndPart, ({ line: { spans, lines }, i }) => {
        const { missing, contradicted, overlaps } = continuityOf(spans, lines.toSpliced(i, 1));
        const { startMs, endMs } = lines[i] ?? { startMs: 0, endMs: 0 };
        expect({ missing, contradicted, overlaps }).toEqual({
          missing: [{ startMs, endMs }],
          contradicted: [],
          overlaps: [],
        });
      }),
    );
  });

  it('finds a segment that reaches into the next, over the gap between them, to the ms', () => {
    fc.assert(
      fc.property(truthAndPart, fc.integer({ min: SEAM_MS + 1, max: 1000 }), ({ line: { spans, lines }, i }, byMs) => {
        const [span, next, gap] = [spans[i], spans[i + 1], lines[i]];
        if (!span || !next || !gap) throw new Error('no such part');
        const longer = spans.with(i, { ...span, endMs: next.startMs + byMs });
        const { missing, contradicted, overlaps } = continuityOf(longer, lines);
        expect(missing).toEqual([]);
        expect(contradicted).toEqual([{ gap, startMs: gap.startMs, endMs: gap.endMs }]);
        expect(overlaps).toEqual([{ earlier: longer[i], later: next, endMs: next.startMs + byMs }]);
      }),
    );
  });

  it('splits a hole among the lines that lie over it, and says what they leave out', () => {
    const spans = [
      { startMs: 0, endMs: 10_000 },
      { startMs: 20_000, endMs: 30_000 },
    ];
    const lines: Gap[] = [
      { startMs: 10_000, endMs: 13_000, reason: 'camera_stalled' },
      { startMs: 12_000, endMs: 15_000, reason: 'camera_refused' },
      { startMs: 16_000, endMs: 20_000, reason: 'recorder_stopped' },
    ];
    expect(continuityOf(spans, lines)).toMatchObject({
      explained: [
        { startMs: 10_000, endMs: 13_000, reason: 'camera_stalled' },
        { startMs: 13_000, endMs: 15_000, reason: 'camera_refused' },
        { startMs: 16_000, endMs: 20_000, reason: 'recorder_stopped' },
      ],
      missing: [{ startMs: 15_000, endMs: 16_000 }],
    });
  });

  it('excuses instants that stand twice only by a clock_step line over just these', () => {
    const spans = [
      { startMs: 0, endMs: 100_000 },
      { startMs: 40_000, endMs: 90_000 },
    ];
    const line = (endMs: number, reason: Gap['reason'] = 'clock_step'): Gap[] => [{ startMs: 100_000, endMs, reason }];
    expect(continuityOf(spans, line(40_000)).overlaps).toEqual([]);
    expect(continuityOf(spans, line(50_000)).overlaps).toHaveLength(1);
    expect(continuityOf(spans, line(40_000, 'camera_stalled')).overlaps).toHaveLength(1);
  });
});
