// A judge must be able to condemn. Each judge of the proofs sees the fault that it is there for.
import type { Segment } from '@vr/footage';
import { fitLine, percentile } from './figures';
import { auditGaps } from './gap-ledger';
import { Report } from './report';
import { doubledIn, overlapsIn, type WitnessedSegment } from './witness';

const segment = (startMs: number, endMs: number): Segment => ({
  recordingsDir: '',
  cameraId: 'cam_1',
  path: '',
  fileName: `${startMs}-${endMs}`,
  startMs,
  endMs,
});
/** A file whose frames, 40 ms each, are from its first to its last instant. */
const witnessed = (startMs: number, endMs: number): WitnessedSegment => ({
  segment: segment(startMs, endMs),
  frames: [startMs, endMs - 40].map((truthMs) => ({ frame: truthMs / 40, truthMs, stampMs: truthMs })),
});

describe('the judges', () => {
  const footage = [witnessed(0, 8000), witnessed(8000, 16_000), witnessed(20_000, 24_000)];

  it('find nothing where all is told', () => {
    expect(
      auditGaps(footage, [{ startMs: 16_000, endMs: 20_000, reason: 'recorder_killed' }], 'recorder_killed'),
    ).toEqual({ holes: 1, untold: [], wrong: [], needless: [] });
  });

  it('find an untold hole, a false reason, a false length, and a line without a hole', () => {
    expect(auditGaps(footage, [], 'recorder_killed').untold).toEqual([
      { startMs: 16_000, endMs: 20_000, truthMs: 4000 },
    ]);
    expect(
      auditGaps(footage, [{ startMs: 16_000, endMs: 20_000, reason: 'recorder_stopped' }], 'recorder_killed').wrong,
    ).toHaveLength(1);
    expect(
      auditGaps(footage, [{ startMs: 16_000, endMs: 22_000, reason: 'recorder_killed' }], 'recorder_killed').wrong,
    ).toHaveLength(1);
    const twice = [1, 2].map(() => ({ startMs: 16_000, endMs: 20_000, reason: 'recorder_killed' }));
    expect(auditGaps(footage, twice, 'recorder_killed').needless).toHaveLength(1);
  });

  it('find overlaps, open files before others, and frames that stand twice', () => {
    expect(overlapsIn([segment(0, 8000), segment(8000, 9000)])).toEqual([]);
    expect(overlapsIn([segment(0, 8000), segment(7999, 9000)])).toHaveLength(1);
    expect(overlapsIn([{ ...segment(0, 0), endMs: undefined }, segment(7999, 9000)])).toHaveLength(1);
    expect(doubledIn([{ frame: 1 }, { frame: 2 }, { frame: 1 }])).toEqual([1]);
  });

  it('remember what was missed', () => {
    const report = new Report(() => undefined);
    report.aim('good', 1, true);
    report.aim('bad', 2, false);
    expect(report).toMatchObject({ met: 1, missed: ['bad: 2'] });
  });

  it('draw lines and count shares', () => {
    const line = fitLine([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x + (x % 2) })));
    expect(line.slope).toBeCloseTo(2.2, 5);
    expect(line.standardError).toBeGreaterThan(0);
    expect(() => fitLine([{ x: 0, y: 0 }])).toThrow(/three points/);
    expect([0.5, 0.99, 1].map((share) => percentile([4, 1, 3, 2], share))).toEqual([2, 4, 4]);
  });
});
