import fc from 'fast-check';
import { excessBytes } from '../marks';
import { planRetention } from './plan';
import { SECOND_LOOK_MS } from './second-look';
import type { Deletion, RetentionPlan } from './decision';
import {
  afterwards,
  ALL_TREES,
  bytesIn,
  bytesOf,
  CAMERAS,
  DAY_MS,
  footageAfter,
  footageMs,
  freedIn,
  HOUR_MS,
  isSame,
  NOW_MS,
  ruleText,
  RUNS,
  footageDaysOf,
  touches,
  type Segment,
  type World,
} from '../testing/outcomes';
import { worlds } from '../testing/worlds';

describe('in 10,000 random worlds', () => {
  const anyWorld = fc.oneof(worlds(false), worlds(true));
  const check = (property: (world: World, plan: RetentionPlan) => void, of = anyWorld): void => {
    fc.assert(
      fc.property(of, (one) => property(one, planRetention(one.input))),
      RUNS,
    );
  };

  it('nothing open, held, or with its only copy here goes; nothing goes twice; nothing goes that is not there', () => {
    check((one, plan) => {
      const seen = new Set<unknown>();
      for (const deletion of plan.deletions) {
        const what = deletion.item ?? one.segments.find((segment) => isSame(deletion, segment));
        if (!what || seen.has(what)) throw new Error('there is no such thing, or it goes twice');
        seen.add(what);
        if ('open' in what && what.open) throw new Error('an open segment goes');
        if (touches(one.protections, deletion)) throw new Error('protected');
        if (deletion.kind === 'footage' && touches(one.leases, deletion)) throw new Error('a clip waits for it');
        if (deletion.item?.onlyCopy) throw new Error('a clip that is not uploaded goes');
        if (deletion.item && deletion.parts === 'all' && deletion.reason !== 'age' && !deletion.item.wholeMayGo)
          throw new Error('the record of an event goes');
        if (
          deletion.item &&
          deletion.sizeBytes !== bytesIn(deletion.item, ALL_TREES, deletion.parts) &&
          deletion.item.tree
        )
          throw new Error('it says another size than what goes');
      }
    });
  });

  it('by age goes exactly what is too old, and never more than half of a camera without a second look', () => {
    check((one, plan) => {
      const { rules: of, items, memory } = one.input;
      const after = footageAfter(one, plan);
      const isAged = (segment: (typeof after)[number]): boolean => {
        const ageMs = NOW_MS - segment.endMs;
        return ageMs >= footageMs(of, segment.cameraId) && (ageMs >= of.eventFootageMs || !segment.withEvent);
      };
      for (const { cameraId, deletion, ...segment } of after)
        if (deletion?.reason === 'age' && !isAged({ cameraId, deletion, ...segment })) throw new Error('too young');
      for (const cameraId of CAMERAS) {
        const closed = after.filter((segment) => segment.cameraId === cameraId && !segment.open);
        const aged = closed.filter((segment) => isAged(segment) && !segment.held);
        const gone = closed.filter((segment) => segment.deletion?.reason === 'age');
        const group = `footage ${cameraId}`;
        const announced = memory.announced.filter(
          (a) => a.group === group && a.rule === ruleText('footage', cameraId, of) && a.announcedMs <= NOW_MS,
        );
        const first = announced[0];
        const waits = first ? NOW_MS - first.announcedMs < SECOND_LOOK_MS : aged.length * 2 > closed.length;
        const expected = plan.refusal !== undefined || waits ? 0 : aged.length;
        if (gone.length !== expected)
          throw new Error(`${gone.length} of ${closed.length} go by age, wanted ${expected}`);
        if (
          expected === 0 &&
          aged.length > 0 &&
          plan.refusal === undefined &&
          !plan.announced.some((a) => a.group === group && a.expired === aged.length)
        )
          throw new Error('not announced');
      }
      for (const { item: gone, reason } of plan.deletions) {
        if (!gone || reason !== 'age') continue;
        const limit = gone.kind.startsWith('clip')
          ? of.clipMs
          : gone.kind.startsWith('snapshot')
            ? of.snapshotMs
            : footageMs(of, gone.cameraId);
        if (NOW_MS - gone.agedFromMs < limit || !items.includes(gone)) throw new Error('too young');
      }
    });
  });

  it('a camera’s quota takes no more than it needs, and enough where there is enough', () => {
    check((one, plan) => {
      const maxBytes = one.input.rules.maxBytesByCamera.get('cam_1');
      const mine = footageAfter(one, plan).filter(({ cameraId }) => cameraId === 'cam_1');
      const byQuota = plan.deletions.filter(({ reason }) => reason === 'quota');
      if (byQuota.some(({ cameraId, kind }) => cameraId !== 'cam_1' || kind !== 'footage'))
        throw new Error('not of this camera');
      if (maxBytes === undefined || plan.refusal !== undefined) return expect(byQuota).toEqual([]);
      const left = bytesOf(mine.filter(({ deletion }) => !deletion || deletion.reason === 'space'));
      const spare = mine.some((segment) => !segment.deletion && !segment.held && !segment.open);
      if (left > maxBytes && spare) throw new Error('above its quota, and there is more to take');
      const last = byQuota.at(-1);
      if (last && left + last.sizeBytes <= maxBytes) throw new Error('one too many');
      return inOrder(mine, 'quota');
    });
  });

  it('without budgets space is made only where it is short, by worth, no more than needed, enough where it can', () => {
    check((one, plan) => {
      const after = footageAfter(one, plan);
      const footageLeft = after.some((segment) => !segment.deletion && !segment.held && !segment.open);
      const gone = new Set(plan.deletions.map((d) => d.item));
      let missing = 0;
      for (const volume of one.input.volumes) {
        const { trees } = volume;
        const hasFootage = trees.includes('recordings');
        const here = plan.deletions.filter((deletion) => freedIn([deletion], trees) > 0);
        const freed = freedIn(
          here.filter(({ reason }) => reason !== 'space'),
          trees,
        );
        const excess = excessBytes(
          { usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed },
          one.input.rules,
        );
        const bySpace = here.filter(({ reason }) => reason === 'space');
        const last = bySpace.at(-1);
        if (last && freedIn(bySpace.slice(0, -1), trees) >= excess) throw new Error('one too many');
        const short = excess - freedIn(bySpace, trees);
        if (plan.refusal === undefined && short > 0) {
          missing += short;
          const spare = one.input.items.some(
            (stored) =>
              bytesIn(stored, trees, 'spare') > 0 &&
              !stored.onlyCopy &&
              !gone.has(stored) &&
              !touches(one.protections, stored),
          );
          if ((hasFootage && footageLeft) || spare) throw new Error('too full, and there is more to take');
        }
        if (hasFootage && footageLeft && bySpace.some(({ item }) => item))
          throw new Error('a clip goes before footage');
      }
      if (plan.missingBytes !== Math.ceil(missing))
        throw new Error(`says that ${plan.missingBytes} bytes are missing, wanted ${missing}`);
      inOrder(after, 'space');
    }, worlds(false));
  });

  it('nothing goes while the clock cannot be right', () => {
    const clocks = fc.oneof(
      fc
        .integer({ min: 0, max: Date.UTC(2024, 0, 1) - 1 })
        .map((nowMs) => ({ nowMs, footage: [] as Segment[], memory: { announced: [] } })),
      fc.integer({ min: 60_001, max: 10 * DAY_MS }).map((aheadMs) => ({
        nowMs: NOW_MS,
        footage: [
          {
            cameraId: 'cam_2',
            startMs: NOW_MS + aheadMs,
            endMs: NOW_MS + aheadMs,
            sizeBytes: 1,
            open: aheadMs % 2 === 0,
          },
        ],
        memory: { announced: [] },
      })),
      fc.integer({ min: 1, max: 4000 }).map((jumpDays) => ({
        nowMs: NOW_MS,
        footage: [] as Segment[],
        memory: { announced: [], seenMs: NOW_MS - jumpDays * DAY_MS },
      })),
      fc.integer({ min: 1, max: HOUR_MS }).map((restMs) => ({
        nowMs: NOW_MS,
        footage: [] as Segment[],
        memory: { announced: [], seenMs: NOW_MS - 1000, doubtedUntilMs: NOW_MS + restMs },
      })),
    );
    fc.assert(
      fc.property(anyWorld, clocks, (one, { nowMs, footage, memory }) => {
        const plan = planRetention({
          ...one.input,
          nowMs,
          memory,
          footage: footageDaysOf([...one.segments, ...footage]),
        });
        if (plan.deletions.length > 0 || plan.refusal === undefined) throw new Error('something goes');
      }),
      RUNS,
    );
  });

  it('a second pass right after the first finds nothing more to do', () => {
    check((one, plan) => {
      const next = planRetention(afterwards(one, plan));
      if (next.deletions.length > 0) throw new Error('it does');
    });
  });
});

/** Within one reason, footage with events goes only when there is none without. The oldest of each goes first. */
function inOrder(
  after: readonly (Segment & { held: boolean; withEvent: boolean; deletion?: Deletion | undefined })[],
  reason: string,
): void {
  const free = after.filter((segment) => !segment.held && !segment.open);
  for (const withEvent of [false, true]) {
    const ofClass = free.filter((segment) => segment.withEvent === withEvent);
    const newestGone = Math.max(
      ...ofClass.filter(({ deletion }) => deletion?.reason === reason).map(({ startMs }) => startMs),
    );
    if (ofClass.some((segment) => !segment.deletion && segment.startMs < newestGone))
      throw new Error('an older one stays');
  }
  if (
    free.some((segment) => segment.withEvent && segment.deletion?.reason === reason) &&
    free.some((segment) => !segment.withEvent && !segment.deletion)
  )
    throw new Error('events go before footage without');
}
