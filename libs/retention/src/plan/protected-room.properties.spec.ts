import fc from 'fast-check';
import { Holds, type ProtectedSpan } from '../holds';
import { planRetention } from './plan';
import {
  bytesOf,
  CAMERAS,
  footageAfter,
  HOUR_MS,
  NOW_MS,
  RUNS,
  footageDaysOf,
  touches,
  type World,
} from '../testing/outcomes';
import { worlds } from '../testing/worlds';

const made = fc.array(
  fc.record({
    cameraId: fc.constantFrom(...CAMERAS),
    madeHoursAgo: fc.integer({ min: 0, max: 24 * 16 }),
    beginsHours: fc.integer({ min: -48, max: 24 }),
    hours: fc.integer({ min: 1, max: 24 * 30 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const percents = fc.record({
  percent: fc.integer({ min: 0, max: 60 }),
  high: fc.integer({ min: 62, max: 99 }),
  low: fc.integer({ min: 61, max: 98 }),
});

/**
 * A disk that holds nothing but footage, and footage that only protections hold. Each protection was made at some time,
 * for footage that was there and footage that was to come.
 */
const guarded = fc.tuple(worlds(false), made, percents, fc.integer({ min: 0, max: 400 })).map(
  ([{ segments: all, input }, holds, { percent, high, low }, freeBytes]): World & {
    protections: ProtectedSpan[];
  } => {
    const protections = holds.map(({ cameraId, madeHoursAgo, beginsHours, hours }): ProtectedSpan => {
      const madeMs = NOW_MS - madeHoursAgo * HOUR_MS;
      const startMs = madeMs + beginsHours * HOUR_MS;
      return { cameraId, startMs, endMs: startMs + hours * HOUR_MS, madeMs };
    });
    const segments = all.map((segment) => ({ ...segment, open: false }));
    const rules = {
      ...input.rules,
      protectPercent: percent,
      highPercent: Math.max(high, low + 1),
      lowPercent: low,
      minFreeBytes: 0,
    };
    const volumes = [{ trees: ['recordings' as const], usedBytes: bytesOf(segments), freeBytes }];
    return {
      ...empty,
      segments,
      protections,
      input: {
        ...input,
        items: [],
        budgets: [],
        rules,
        volumes,
        footage: footageDaysOf(segments),
        holds: new Holds({ protections }),
        memory: { announced: [] },
      },
    };
  },
);
const empty = { protections: [], leases: [], events: [] };

const mostOf = ({ input }: World): number => {
  const { usedBytes = 0, freeBytes = 0 } = input.volumes[0] ?? {};
  return Math.floor(((usedBytes + freeBytes) * (input.rules.protectPercent ?? 0)) / 100);
};
const wasThere = (
  protections: readonly ProtectedSpan[],
  one: { cameraId: string; startMs: number; endMs: number },
): boolean =>
  touches(
    protections
      .map((held) => ({ ...held, endMs: Math.min(held.endMs, held.madeMs ?? Infinity) }))
      .filter((held) => held.startMs < held.endMs),
    one,
  );

describe('in 10,000 random worlds, with any protections', () => {
  it('a disk gets below its mark while what was there when they were asked for is below it; recording goes on', () => {
    let full = 0;
    fc.assert(
      fc.property(guarded, (one) => {
        const asked = bytesOf(one.segments.filter((segment) => wasThere(one.protections, segment)));
        const total = (one.input.volumes[0]?.usedBytes ?? 0) + (one.input.volumes[0]?.freeBytes ?? 0);
        if (asked > (total * one.input.rules.lowPercent) / 100) return;
        const plan = planRetention(one.input);
        if (plan.given) full += 1;
        expect(plan.missingBytes).toBe(0);
      }),
      RUNS,
    );
    expect(full).toBeGreaterThan(RUNS.numRuns / 50);
  });

  it('what was there at the request stays; later footage too, oldest first, within PROTECT_MAX_PERCENT', () => {
    fc.assert(
      fc.property(guarded, (one) => {
        const after = footageAfter(one, planRetention(one.input));
        if (after.some((segment) => segment.deletion && wasThere(one.protections, segment)))
          throw new Error('what was there goes');
        const later = after
          .filter((segment) => segment.held && !wasThere(one.protections, segment))
          .sort((a, b) => a.startMs - b.startMs);
        const room = mostOf(one) - bytesOf(after.filter((segment) => wasThere(one.protections, segment)));
        for (const segment of later) {
          const upTo = bytesOf(later.filter(({ startMs }) => startMs <= segment.startMs));
          if (upTo <= room && segment.deletion) throw new Error('it would have had room');
        }
      }),
      RUNS,
    );
  });
});
