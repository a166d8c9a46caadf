import fc from 'fast-check';
import { utcDay } from '@vr/contracts';
import { Holds, type CameraSpan } from './holds';
import { excessBytes, planRetention } from './plan';
import { SECOND_LOOK_MS, type Announcement } from './second-look';
import type { FootageShelf } from './shelf';
import type { Deletion, RetentionInput, RetentionPlan, RetentionRules, StoredItem } from './stored';

/** "10,000 runs" of the issue; a failure prints its seed and path. */
const RUNS = { numRuns: 10_000 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const CAMERAS = ['cam_1', 'cam_2', 'cam_long'] as const;

interface Segment extends CameraSpan {
  sizeBytes: number;
  open: boolean;
}
interface World {
  input: RetentionInput;
  segments: Segment[];
  protections: CameraSpan[];
  leases: CameraSpan[];
  events: CameraSpan[];
}

const camera = fc.constantFrom(...CAMERAS);
const span = (longestHours: number) =>
  fc.record({ cameraId: camera, hoursAgo: fc.integer({ min: -1, max: 24 * 20 }), hours: fc.integer({ min: 1, max: longestHours }) }).map(({ cameraId, hoursAgo, hours }): CameraSpan => {
    const startMs = NOW_MS - hoursAgo * HOUR_MS;
    return { cameraId, startMs, endMs: startMs + hours * HOUR_MS - 1 };
  });
/** Like a recorder's: no two of one camera overlap, the last may be open. */
const segments = fc
  .array(fc.record({ cameraId: camera, slot: fc.integer({ min: 1, max: 24 * 15 }), sizeBytes: fc.integer({ min: 1, max: 50 }), open: fc.boolean() }), { maxLength: 24 })
  .map((found): Segment[] => {
    const unique = new Map(found.map((one) => [`${one.cameraId} ${one.slot}`, one]));
    return [...unique.values()].map(({ cameraId, slot, sizeBytes, open }) => {
      const startMs = NOW_MS - slot * HOUR_MS;
      return { cameraId, startMs, endMs: startMs + HOUR_MS, sizeBytes, open: open && slot < 3 };
    });
  });
const item = fc
  .record({ kind: fc.constantFrom('clip' as const, 'snapshot' as const, 'quarantine' as const, 'clip_object' as const), cameraId: camera, hoursAgo: fc.integer({ min: 0, max: 24 * 20 }), sizeBytes: fc.integer({ min: 1, max: 30 }), stored: fc.boolean() })
  .map(({ kind, cameraId, hoursAgo, sizeBytes, stored }): StoredItem => {
    const startMs = NOW_MS - hoursAgo * HOUR_MS;
    const isClip = kind === 'clip';
    const tree = isClip ? ('clips' as const) : kind === 'snapshot' ? ('snapshots' as const) : kind === 'quarantine' ? ('recordings' as const) : undefined;
    return { kind, cameraId, startMs, endMs: startMs + 40_000, agedFromMs: startMs + 60_000, sizeBytes, tree, onlyCopy: isClip && !stored, spareBytes: isClip && stored ? sizeBytes : 0, place: undefined };
  });
const days = fc.constantFrom(0.1, 0.5, 1, 2, 3.5, 7, 10, 14);
const rules = fc
  .record({ footage: days, long: fc.option(days), event: fc.constantFrom(0, 7, 14), clip: days, snapshot: days, quota: fc.option(fc.integer({ min: 0, max: 300 })), high: fc.integer({ min: 2, max: 100 }), low: fc.integer({ min: 1, max: 99 }), minFree: fc.constantFrom(0, 0, 40) })
  .map((o): RetentionRules => ({
    footageMs: o.footage * DAY_MS,
    footageMsByCamera: new Map(o.long === null ? [] : [['cam_long', o.long * DAY_MS]]),
    eventFootageMs: o.event * DAY_MS,
    maxBytesByCamera: new Map(o.quota === null ? [] : [['cam_1', o.quota]]),
    clipMs: o.clip * DAY_MS,
    snapshotMs: o.snapshot * DAY_MS,
    highPercent: Math.max(o.high, o.low + 1),
    lowPercent: o.low,
    minFreeBytes: o.minFree,
  }));
const announcement = fc.record({ kind: fc.constantFrom('footage', 'clip', 'snapshot'), cameraId: camera, minutesAgo: fc.integer({ min: -5, max: 20 }), right: fc.boolean() });

const world = fc
  .record({
    segments,
    items: fc.array(item, { maxLength: 10 }),
    rules,
    protections: fc.array(span(30), { maxLength: 3 }),
    leases: fc.array(span(2), { maxLength: 3 }),
    events: fc.array(span(2), { maxLength: 6 }),
    otherBytes: fc.integer({ min: 0, max: 400 }),
    freeBytes: fc.integer({ min: 0, max: 400 }),
    oneDisk: fc.boolean(),
    announcements: fc.array(announcement, { maxLength: 4 }),
    /** Before the last pass, in hours. */
    lastPassHoursAgo: fc.option(fc.integer({ min: 0, max: 20 })),
  })
  .map((o): World => {
    const { protections, leases, events } = o;
    const volumes = o.oneDisk
      ? [{ trees: ['recordings', 'clips', 'snapshots'] as const, usedBytes: o.otherBytes + bytesOf(o.segments) + bytesOf(o.items.filter(({ tree }) => tree)), freeBytes: o.freeBytes }]
      : [
          { trees: ['recordings'] as const, usedBytes: o.otherBytes + bytesOf(o.segments) + bytesOf(o.items.filter(({ tree }) => tree === 'recordings')), freeBytes: o.freeBytes },
          { trees: ['clips', 'snapshots'] as const, usedBytes: bytesOf(o.items.filter(({ tree }) => tree === 'clips' || tree === 'snapshots')), freeBytes: o.freeBytes },
        ];
    const announced = o.announcements.map((one): Announcement => {
      const group = `${one.kind} ${one.cameraId}`;
      return { group, rule: one.right ? ruleText(one.kind, one.cameraId, o.rules) : 'another', announcedMs: NOW_MS - one.minutesAgo * 60_000 };
    });
    const memory = { announced, ...(o.lastPassHoursAgo === null ? {} : { seenMs: NOW_MS - o.lastPassHoursAgo * HOUR_MS }) };
    return { ...{ segments: o.segments, protections, leases, events }, input: { nowMs: NOW_MS, footage: shelvesOf(o.segments), items: o.items, rules: o.rules, holds: new Holds({ protections, leases, events }), volumes, memory } };
  });

/** As the plan writes it: a retention that was changed in between is another rule. */
function ruleText(kind: string, cameraId: string, of: RetentionRules): string {
  if (kind === 'clip') return `${of.clipMs / DAY_MS} days`;
  if (kind === 'snapshot') return `${of.snapshotMs / DAY_MS} days`;
  return `${footageMs(of, cameraId) / DAY_MS} days, ${of.eventFootageMs / DAY_MS} with events`;
}
function footageMs(of: RetentionRules, cameraId: string): number {
  return of.footageMsByCamera.get(cameraId) ?? of.footageMs;
}
function bytesOf(stored: readonly { sizeBytes: number }[]): number {
  return stored.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
}
function shelvesOf(all: readonly Segment[]): FootageShelf[] {
  return [...grouped(all).values()].map((found): FootageShelf => {
    const closed = found.filter(({ open }) => !open).sort((a, b) => a.startMs - b.startMs);
    const column = (of: (segment: Segment) => number): Float64Array => Float64Array.from(closed, of);
    const { cameraId = '', startMs = 0 } = found[0] ?? {};
    return { cameraId, day: utcDay(startMs), startMs: column((s) => s.startMs), endMs: column((s) => s.endMs), sizeBytes: column((s) => s.sizeBytes), open: found.filter(({ open }) => open), names: found.length };
  });
}
function keyOf({ cameraId, startMs }: Segment): string {
  return `${cameraId} ${utcDay(startMs)}`;
}
function grouped(all: readonly Segment[]): Map<string, Segment[]> {
  const folders = new Map<string, Segment[]>();
  for (const segment of all) folders.set(keyOf(segment), [...(folders.get(keyOf(segment)) ?? []), segment]);
  return folders;
}
const touches = (spans: readonly CameraSpan[], one: CameraSpan): boolean => spans.some((other) => other.cameraId === one.cameraId && other.startMs < one.endMs && other.endMs > one.startMs);
const isSame = (deletion: Deletion, segment: Segment): boolean => deletion.kind === 'footage' && deletion.cameraId === segment.cameraId && deletion.startMs === segment.startMs;
/** What stays after the plan, with what may be said of each. */
function footageAfter({ segments: all, protections, leases, events }: World, { deletions }: RetentionPlan) {
  return all.map((segment) => {
    const held = touches(protections, segment) || touches(leases, segment);
    return { ...segment, held, withEvent: touches(events, segment), deletion: deletions.find((one) => isSame(one, segment)) };
  });
}

describe('in 10,000 random worlds', () => {
  const check = (property: (world: World, plan: RetentionPlan) => void): void => {
    fc.assert(fc.property(world, (one) => property(one, planRetention(one.input))), RUNS);
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
      for (const { cameraId, deletion, ...segment } of after) if (deletion?.reason === 'age' && !isAged({ cameraId, deletion, ...segment })) throw new Error('too young');
      for (const cameraId of CAMERAS) {
        const closed = after.filter((segment) => segment.cameraId === cameraId && !segment.open);
        const aged = closed.filter((segment) => isAged(segment) && !segment.held);
        const gone = closed.filter((segment) => segment.deletion?.reason === 'age');
        const group = `footage ${cameraId}`;
        const announced = memory.announced.filter((a) => a.group === group && a.rule === ruleText('footage', cameraId, of) && a.announcedMs <= NOW_MS);
        const first = announced[0];
        const waits = first ? NOW_MS - first.announcedMs < SECOND_LOOK_MS : aged.length * 2 > closed.length;
        const expected = plan.refusal !== undefined || waits ? 0 : aged.length;
        if (gone.length !== expected) throw new Error(`${gone.length} of ${closed.length} go by age, wanted ${expected}`);
        if (expected === 0 && aged.length > 0 && plan.refusal === undefined && !plan.announced.some((a) => a.group === group && a.expired === aged.length)) throw new Error('not announced');
      }
      for (const { item: gone, reason } of plan.deletions) {
        if (!gone || reason !== 'age') continue;
        const limit = gone.kind.startsWith('clip') ? of.clipMs : gone.kind === 'snapshot' ? of.snapshotMs : footageMs(of, gone.cameraId);
        if (NOW_MS - gone.agedFromMs < limit || !items.includes(gone)) throw new Error('too young');
      }
    });
  });

  it('a camera’s quota takes no more than it needs, and enough where there is enough', () => {
    check((one, plan) => {
      const maxBytes = one.input.rules.maxBytesByCamera.get('cam_1');
      const mine = footageAfter(one, plan).filter(({ cameraId }) => cameraId === 'cam_1');
      const byQuota = plan.deletions.filter(({ reason }) => reason === 'quota');
      if (byQuota.some(({ cameraId, kind }) => cameraId !== 'cam_1' || kind !== 'footage')) throw new Error('not of this camera');
      if (maxBytes === undefined || plan.refusal !== undefined) return expect(byQuota).toEqual([]);
      const left = bytesOf(mine.filter(({ deletion }) => !deletion || deletion.reason === 'space'));
      const spare = mine.some((segment) => !segment.deletion && !segment.held && !segment.open);
      if (left > maxBytes && spare) throw new Error('above its quota, and there is more to take');
      const last = byQuota.at(-1);
      if (last && left + last.sizeBytes <= maxBytes) throw new Error('one too many');
      return inOrder(mine, 'quota');
    });
  });

  it('space is made only where it is short, in the order of worth, no more than needed, and enough where there is enough', () => {
    check((one, plan) => {
      const after = footageAfter(one, plan);
      const clips = one.input.items.filter((stored) => stored.kind === 'clip');
      const goneFor = (reason: string) => new Set(plan.deletions.filter((d) => d.reason === reason).map((d) => d.item));
      let missing = 0;
      for (const volume of one.input.volumes) {
        const here = plan.deletions.filter(({ kind, item: gone }) => (kind === 'footage' ? volume.trees.some((tree) => tree === 'recordings') : volume.trees.some((tree) => tree === gone?.tree)));
        const freed = bytesOf(here.filter(({ reason }) => reason !== 'space'));
        const excess = excessBytes({ usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed }, one.input.rules);
        const bySpace = here.filter(({ reason }) => reason === 'space');
        const last = bySpace.at(-1);
        if (last && bytesOf(bySpace) - last.sizeBytes >= excess) throw new Error('one too many');
        const short = excess - bytesOf(bySpace);
        if (plan.refusal === undefined && short > 0) {
          missing += short;
          const footage = volume.trees.some((tree) => tree === 'recordings') && after.some((segment) => !segment.deletion && !segment.held && !segment.open);
          const spare = volume.trees.some((tree) => tree === 'clips') && clips.some((stored) => stored.spareBytes > 0 && !goneFor('space').has(stored) && !goneFor('age').has(stored) && !touches(one.protections, stored));
          if (footage || spare) throw new Error('too full, and there is more to take');
        }
        const takesClips = bySpace.some(({ kind }) => kind === 'clip');
        if (takesClips && volume.trees.some((tree) => tree === 'recordings') && after.some((segment) => !segment.deletion && !segment.held && !segment.open)) throw new Error('a clip goes before footage');
      }
      if (plan.missingBytes !== Math.ceil(missing)) throw new Error(`says that ${plan.missingBytes} bytes are missing, wanted ${missing}`);
      inOrder(after, 'space');
    });
  });

  it('nothing goes while the clock cannot be right', () => {
    const clocks = fc.oneof(
      fc.integer({ min: 0, max: Date.UTC(2024, 0, 1) - 1 }).map((nowMs) => ({ nowMs, footage: [] as Segment[], memory: { announced: [] } })),
      fc.integer({ min: 60_001, max: 10 * DAY_MS }).map((aheadMs) => ({ nowMs: NOW_MS, footage: [{ cameraId: 'cam_2', startMs: NOW_MS + aheadMs, endMs: NOW_MS + aheadMs, sizeBytes: 1, open: aheadMs % 2 === 0 }], memory: { announced: [] } })),
      fc.integer({ min: 1, max: 4000 }).map((jumpDays) => ({ nowMs: NOW_MS, footage: [] as Segment[], memory: { announced: [], seenMs: NOW_MS - jumpDays * DAY_MS } })),
      fc.integer({ min: 1, max: HOUR_MS }).map((restMs) => ({ nowMs: NOW_MS, footage: [] as Segment[], memory: { announced: [], seenMs: NOW_MS - 1000, doubtedUntilMs: NOW_MS + restMs } })),
    );
    fc.assert(
      fc.property(world, clocks, (one, { nowMs, footage, memory }) => {
        const plan = planRetention({ ...one.input, nowMs, memory, footage: shelvesOf([...one.segments, ...footage]) });
        if (plan.deletions.length > 0 || plan.refusal === undefined) throw new Error('something goes');
      }),
      RUNS,
    );
  });

  it('a second pass right after the first finds nothing more to do', () => {
    check((one, plan) => {
      const gone = new Set(plan.deletions.map((d) => d.item ?? one.segments.find((segment) => isSame(d, segment))));
      const volumes = one.input.volumes.map((volume) => {
        const freed = bytesOf(plan.deletions.filter(({ kind, item: stored }) => volume.trees.some((tree) => tree === (kind === 'footage' ? 'recordings' : stored?.tree))));
        return { ...volume, usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed };
      });
      const next = planRetention({ ...one.input, volumes, memory: plan.memory, items: one.input.items.filter((stored) => !gone.has(stored)), footage: shelvesOf(one.segments.filter((segment) => !gone.has(segment))) });
      if (next.deletions.length > 0) throw new Error('it does');
    });
  });
});

/** Within one reason: footage with events only when there is none without, and the oldest of each first. */
function inOrder(after: readonly (Segment & { held: boolean; withEvent: boolean; deletion?: Deletion | undefined })[], reason: string): void {
  const free = after.filter((segment) => !segment.held && !segment.open);
  for (const withEvent of [false, true]) {
    const ofClass = free.filter((segment) => segment.withEvent === withEvent);
    const newestGone = Math.max(...ofClass.filter(({ deletion }) => deletion?.reason === reason).map(({ startMs }) => startMs));
    if (ofClass.some((segment) => !segment.deletion && segment.startMs < newestGone)) throw new Error('an older one stays');
  }
  if (free.some((segment) => segment.withEvent && segment.deletion?.reason === reason) && free.some((segment) => !segment.withEvent && !segment.deletion)) throw new Error('events go before footage without');
}
