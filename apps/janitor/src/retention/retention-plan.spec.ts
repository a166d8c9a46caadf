import fc from 'fast-check';
import { planRetention, type DiskSpace, type RetentionRules, type Stored } from './retention-plan';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const rules: RetentionRules = {
  footageMs: 7 * DAY_MS,
  footageMsByCamera: new Map([['cam_long', 30 * DAY_MS]]),
  maxBytesByCamera: new Map(),
  clipMs: 90 * DAY_MS,
  snapshotMs: 30 * DAY_MS,
  highPercent: 90,
  lowPercent: 85,
};
const EMPTY_DISK: DiskSpace = { totalBytes: 1000, usedBytes: 0 };

function segment(hoursAgo: number, more: Partial<Stored> = {}): Stored {
  const startMs = NOW_MS - hoursAgo * HOUR_MS;
  return { kind: 'footage', cameraId: 'cam_1', startMs, endMs: startMs + HOUR_MS, sizeBytes: 10, onRecordingsDisk: true, whenFull: 'first', place: `footage ${hoursAgo} h ago`, ...more };
}
function clip(daysAgo: number, more: Partial<Stored> = {}): Stored {
  const madeMs = NOW_MS - daysAgo * DAY_MS;
  return { kind: 'clip', cameraId: 'cam_1', startMs: madeMs, endMs: madeMs, sizeBytes: 10, onRecordingsDisk: true, whenFull: 'last', place: `clip ${daysAgo} d ago`, ...more };
}
const plan = (stored: Stored[], o: { disk?: DiskSpace; nowMs?: number; rules?: Partial<RetentionRules> } = {}) =>
  planRetention({ nowMs: o.nowMs ?? NOW_MS, stored, rules: { ...rules, ...o.rules }, disk: o.disk ?? EMPTY_DISK });
const placesOf = (made: ReturnType<typeof plan>): unknown[] => made.deletions.map(({ stored, reason }) => `${stored.place as string}: ${reason}`);

describe('retention by age', () => {
  it('counts from the end of a segment, to the millisecond', () => {
    const due = segment(7 * 24 + 1, { place: 'due' });
    const almost = { ...due, endMs: (due.endMs ?? 0) + 1, place: 'almost' };
    expect(placesOf(plan([almost, due]))).toEqual(['due: age']);
  });
  it('takes the camera’s own days where it has some', () => {
    expect(placesOf(plan([segment(10 * 24, { cameraId: 'cam_long' }), segment(31 * 24, { cameraId: 'cam_long', place: 'old' })]))).toEqual(['old: age']);
  });
  it('takes fractions of a day', () => {
    expect(placesOf(plan([segment(3), segment(1.5)], { rules: { footageMs: DAY_MS / 24 } }))).toEqual(['footage 3 h ago: age']);
  });
  it('knows the days of each kind', () => {
    const snapshot = { kind: 'snapshot', whenFull: 'never', place: 'snapshot' } as const;
    const objects = [clip(91, { kind: 'clip_object', place: 'clip object' }), clip(31, { kind: 'snapshot_object', place: 'snapshot object' })];
    expect(placesOf(plan([clip(91), clip(89), clip(31, snapshot), clip(29, snapshot), ...objects])).sort()).toEqual(
      ['clip 91 d ago: age', 'clip object: age', 'snapshot object: age', 'snapshot: age'],
    );
  });
  it('never takes what is being written, however old its start', () => {
    expect(plan([segment(400 * 24, { endMs: undefined })], { disk: { totalBytes: 1000, usedBytes: 1000 } }).deletions).toEqual([]);
  });
});

describe('a clock that cannot be right', () => {
  it.each([
    ['before 2024', Date.UTC(1970, 0, 1, 0, 5)],
    ['more than an hour before the newest footage', NOW_MS - 2 * HOUR_MS - 1],
  ])('deletes nothing: %s', (_, nowMs) => {
    const made = plan([segment(1), segment(9000)], { nowMs, disk: { totalBytes: 1000, usedBytes: 1000 } });
    expect(made.deletions).toEqual([]);
    expect(made.refusal).toMatch(/clock says/);
  });
  it('goes on after a correction by less', () => {
    expect(placesOf(plan([segment(1), segment(9000)], { nowMs: NOW_MS - 2 * HOUR_MS }))).toEqual(['footage 9000 h ago: age']);
  });
  it('takes the open segment for a witness', () => {
    expect(plan([segment(-2, { endMs: undefined }), segment(9000)]).refusal).toBeDefined();
  });
});

describe('a full disk', () => {
  const stored = [segment(3), segment(5, { cameraId: 'cam_2' }), segment(4), segment(1, { endMs: undefined }), clip(50)];
  it.each([
    [899, []],
    [900, ['footage 5 h ago: space', 'footage 4 h ago: space', 'footage 3 h ago: space', 'clip 50 d ago: space']],
  ])('with %i of 1000 used at 90 %%', (usedBytes, expected) => {
    expect(placesOf(plan(stored, { disk: { totalBytes: 1000, usedBytes } }))).toEqual(expected);
  });
  it('stops at the low mark', () => {
    const disk = { totalBytes: 200, usedBytes: 181 };
    expect(placesOf(plan(stored, { disk }))).toEqual(['footage 5 h ago: space', 'footage 4 h ago: space']);
  });
  it('counts what goes by age first', () => {
    const disk = { totalBytes: 200, usedBytes: 185 };
    expect(placesOf(plan([...stored, segment(400)], { disk }))).toEqual(['footage 400 h ago: age']);
  });
  it('keeps clips that are not in the store, snapshots, and what lies on other disks', () => {
    const kept = [clip(50, { whenFull: 'never' }), clip(3, { kind: 'snapshot', whenFull: 'never' }), clip(60, { onRecordingsDisk: false })];
    const made = plan(kept, { disk: { totalBytes: 1000, usedBytes: 1000 } });
    expect([made.deletions, made.missingBytes]).toEqual([[], 150]);
  });
});

describe('a camera with a limit', () => {
  it('loses its oldest footage, the open segment counted and kept', () => {
    const mine = [segment(4), segment(3), segment(2), segment(1, { endMs: undefined }), segment(9, { cameraId: 'cam_2' })];
    expect(placesOf(plan(mine, { rules: { maxBytesByCamera: new Map([['cam_1', 25]]) } }))).toEqual(['footage 4 h ago: quota', 'footage 3 h ago: quota']);
  });
});

describe('whatever is stored', () => {
  const anyStored = fc
    .record({
      kind: fc.constantFrom('footage' as const, 'clip' as const, 'snapshot' as const),
      cameraId: fc.constantFrom('cam_1', 'cam_2', 'cam_long'),
      hoursAgo: fc.integer({ min: 0, max: 3000 }),
      open: fc.boolean(),
      spare: fc.boolean(),
      sizeBytes: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ kind, hoursAgo, open, spare, ...rest }): Stored => {
      const startMs = NOW_MS - hoursAgo * HOUR_MS;
      const whenFull = kind === 'footage' ? 'first' : kind === 'clip' && spare ? 'last' : 'never';
      return { kind, startMs, endMs: open && kind === 'footage' ? undefined : startMs + HOUR_MS, onRecordingsDisk: true, whenFull, place: undefined, ...rest };
    });
  const situation = fc.record({ stored: fc.array(anyStored, { maxLength: 60 }), otherBytes: fc.integer({ min: 0, max: 3000 }), freeBytes: fc.integer({ min: 0, max: 500 }) }).map(({ stored, otherBytes, freeBytes }) => {
    const usedBytes = otherBytes + stored.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
    return { stored, disk: { usedBytes, totalBytes: usedBytes + freeBytes + 1 } };
  });
  const limit = (kind: string, cameraId: string): number => (kind === 'footage' ? (cameraId === 'cam_long' ? 30 : 7) : kind === 'clip' ? 90 : 30) * DAY_MS;
  const bytesOf = (stored: readonly Stored[]): number => stored.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);

  it('nothing open goes, nothing goes twice, and all that is over age goes', () => {
    fc.assert(
      fc.property(situation, ({ stored, disk }) => {
        const { deletions } = plan(stored, { disk });
        const gone = new Set(deletions.map((deletion) => deletion.stored));
        expect(gone.size).toBe(deletions.length);
        for (const one of stored) {
          if (one.endMs === undefined) expect(gone).not.toContain(one);
          else if (NOW_MS - one.endMs >= limit(one.kind, one.cameraId)) expect(gone).toContain(one);
        }
        for (const { stored: one, reason } of deletions) {
          if (reason === 'age') expect(NOW_MS - (one.endMs ?? Infinity)).toBeGreaterThanOrEqual(limit(one.kind, one.cameraId));
          else expect(one.whenFull).not.toBe('never');
        }
      }),
    );
  });

  it('space is made only above the high mark, oldest first, no more than wanted, and enough where there is enough', () => {
    fc.assert(
      fc.property(situation, ({ stored, disk }) => {
        const { deletions, missingBytes } = plan(stored, { disk });
        const forSpace = deletions.filter(({ reason }) => reason === 'space').map((deletion) => deletion.stored);
        const gone = new Set(deletions.map((deletion) => deletion.stored));
        const usedAfterAge = disk.usedBytes - bytesOf(deletions.filter(({ reason }) => reason === 'age').map((deletion) => deletion.stored));
        const wanted = disk.totalBytes * 0.85;
        const left = stored.filter((one) => !gone.has(one) && one.endMs !== undefined);
        if (usedAfterAge < disk.totalBytes * 0.9) expect(forSpace).toEqual([]);
        else {
          const used = usedAfterAge - bytesOf(forSpace);
          const spare = left.filter(({ whenFull }) => whenFull !== 'never');
          if (used > wanted) expect([spare, missingBytes]).toEqual([[], Math.ceil(used - wanted)]);
          const last = forSpace.at(-1);
          if (last) expect(used + last.sizeBytes).toBeGreaterThan(wanted);
        }
        for (const turn of ['first', 'last'] as const) {
          const newestGone = Math.max(...forSpace.filter(({ whenFull }) => whenFull === turn).map(({ startMs }) => startMs));
          for (const one of left) if (one.whenFull === turn) expect(one.startMs).toBeGreaterThanOrEqual(newestGone);
        }
        // No clip goes while there is footage that may.
        if (forSpace.some(({ whenFull }) => whenFull === 'last')) expect(left.filter(({ whenFull }) => whenFull === 'first')).toEqual([]);
      }),
    );
  });

  it('nothing goes while the clock is wrong', () => {
    fc.assert(
      fc.property(situation, fc.integer({ min: 0, max: Date.UTC(2024, 0, 1) - 1 }), ({ stored, disk }, nowMs) => {
        expect(plan(stored, { disk, nowMs }).deletions).toEqual([]);
      }),
    );
  });
});
