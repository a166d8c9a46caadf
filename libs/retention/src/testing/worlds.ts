/**
 * Makes random worlds for the property tests of the plan: stored things of a few bytes, rules, holds, disks and a
 * memory.
 */
import fc from 'fast-check';
import type { Budget } from '../budgets';
import { Holds, type CameraSpan } from '../holds';
import type { Announcement } from '../plan/second-look';
import type { RetentionRules, StoredItem, Tree, Volume } from '../stored';
import {
  ALL_TREES,
  bytesIn,
  bytesOf,
  CAMERAS,
  DAY_MS,
  HOUR_MS,
  NOW_MS,
  ruleText,
  footageDaysOf,
  type Segment,
  type World,
} from './outcomes';

const LAYOUTS: Record<'one disk' | 'footage alone' | 'clips apart', (readonly Tree[])[]> = {
  'one disk': [ALL_TREES],
  'footage alone': [['recordings'], ['clips', 'snapshots', 'objects']],
  'clips apart': [
    ['recordings', 'snapshots'],
    ['clips', 'objects'],
  ],
};
const camera = fc.constantFrom(...CAMERAS);
const span = (longestHours: number) =>
  fc
    .record({
      cameraId: camera,
      hoursAgo: fc.integer({ min: -1, max: 24 * 20 }),
      hours: fc.integer({ min: 1, max: longestHours }),
    })
    .map(({ cameraId, hoursAgo, hours }): CameraSpan => {
      const startMs = NOW_MS - hoursAgo * HOUR_MS;
      return { cameraId, startMs, endMs: startMs + hours * HOUR_MS - 1 };
    });
/** Segments as a recorder makes them: no two of one camera overlap, and the last may be open. */
const segments = fc
  .array(
    fc.record({
      cameraId: camera,
      slot: fc.integer({ min: 1, max: 24 * 15 }),
      sizeBytes: fc.integer({ min: 1, max: 50 }),
      open: fc.boolean(),
    }),
    { maxLength: 24 },
  )
  .map((found): Segment[] => {
    const unique = new Map(found.map((one) => [`${one.cameraId} ${one.slot}`, one]));
    return [...unique.values()].map(({ cameraId, slot, sizeBytes, open }) => {
      const startMs = NOW_MS - slot * HOUR_MS;
      return { cameraId, startMs, endMs: startMs + HOUR_MS, sizeBytes, open: open && slot < 3 };
    });
  });
const RECORD_BYTES = 2;
const kinds = fc.constantFrom(
  'clip' as const,
  'snapshot' as const,
  'quarantine' as const,
  'clip_object' as const,
  'snapshot_object' as const,
);
export const item = fc
  .record({
    ...{
      kind: kinds,
      cameraId: camera,
      hoursAgo: fc.integer({ min: 0, max: 24 * 20 }),
      mediaBytes: fc.integer({ min: 0, max: 30 }),
    },
    ...{ stored: fc.boolean(), objectBytes: fc.constantFrom(0, 0, 7, 30), byHand: fc.boolean(), isFile: fc.boolean() },
  })
  .map(({ kind, cameraId, hoursAgo, mediaBytes, stored, isFile, ...o }): StoredItem => {
    const startMs = NOW_MS - hoursAgo * HOUR_MS;
    const when = { cameraId, startMs, endMs: startMs + 40_000, agedFromMs: startMs + 60_000 };
    const none = {
      onlyCopy: false,
      objectBytes: 0,
      spareBytes: 0,
      spareObjectBytes: 0,
      wholeMayGo: false,
      byHand: false,
      place: undefined,
    };
    if (kind === 'quarantine') return { kind, ...when, ...none, tree: 'recordings', sizeBytes: mediaBytes };
    // The object lies in the local store, or on a server.
    if (kind === 'clip_object' || kind === 'snapshot_object')
      return {
        kind,
        ...when,
        ...none,
        sizeBytes: mediaBytes,
        ...(isFile && { tree: 'objects' as const, spareBytes: mediaBytes }),
      };
    const [objectBytes, spare] = [stored ? o.objectBytes : 0, stored];
    const spares = {
      spareBytes: spare ? mediaBytes : 0,
      spareObjectBytes: spare ? objectBytes : 0,
      wholeMayGo: spare && o.byHand,
      byHand: o.byHand,
    };
    const tree = kind === 'clip' ? ('clips' as const) : ('snapshots' as const);
    return {
      kind,
      ...when,
      ...none,
      tree,
      sizeBytes: RECORD_BYTES + mediaBytes,
      objectBytes,
      onlyCopy: !stored,
      ...spares,
    };
  });
const days = fc.constantFrom(0.1, 0.5, 1, 2, 3.5, 7, 10, 14);
const rules = fc
  .record({
    footage: days,
    long: fc.option(days),
    event: fc.constantFrom(0, 7, 14),
    clip: days,
    snapshot: days,
    quota: fc.option(fc.integer({ min: 0, max: 300 })),
    high: fc.integer({ min: 2, max: 100 }),
    low: fc.integer({ min: 1, max: 99 }),
    minFree: fc.constantFrom(0, 0, 40),
  })
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
const announcement = fc.record({
  kind: fc.constantFrom('footage', 'clip', 'snapshot'),
  cameraId: camera,
  minutesAgo: fc.integer({ min: -5, max: 20 }),
  right: fc.boolean(),
});

const budget = fc.record({
  maxBytes: fc.integer({ min: 0, max: 150 }),
  otherBytes: fc.constantFrom(0, 0, 5),
  wantedBytes: fc.constantFrom(0, 0, 10, 40, 500),
});
const share = fc.record({ bytes: fc.integer({ min: 0, max: 200 }), hoursAgo: fc.integer({ min: 0, max: 30 }) });

/** `withBudgets`: clips and snapshots have budgets, and footage leaves them their shares. */
export const worlds = (withBudgets: boolean): fc.Arbitrary<World> =>
  fc
    .record({
      segments,
      items: fc.array(item, { maxLength: 10 }),
      rules,
      protections: fc.array(span(30), { maxLength: 3 }),
      leases: fc.array(span(2), { maxLength: 3 }),
      events: fc.array(span(2), { maxLength: 6 }),
      otherBytes: fc.integer({ min: 0, max: 400 }),
      freeBytes: fc.integer({ min: 0, max: 400 }),
      layout: fc.constantFrom('one disk' as const, 'footage alone' as const, 'clips apart' as const),
      budgets: fc.tuple(budget, budget),
      shares: fc.option(fc.tuple(share, share)),
      announcements: fc.array(announcement, { maxLength: 4 }),
      /** How many hours ago the last pass was. */
      lastPassHoursAgo: fc.option(fc.integer({ min: 0, max: 20 })),
    })
    .map((o): World => {
      const { protections, leases, events } = o;
      // No thing lies on two disks: what is done for one disk would change the other, and every number below would be
      // a range.
      const items =
        o.layout === 'clips apart'
          ? o.items.map((one) => (one.kind === 'snapshot' ? { ...one, objectBytes: 0, spareObjectBytes: 0 } : one))
          : o.items;
      const volumes = LAYOUTS[o.layout].map((trees): Volume => {
        const ours = bytesOf(items.map((one) => ({ sizeBytes: bytesIn(one, trees) })));
        return {
          trees,
          usedBytes: ours + (trees.includes('recordings') ? o.otherBytes + bytesOf(o.segments) : 0),
          freeBytes: o.freeBytes,
        };
      });
      const budgets: Budget[] = withBudgets
        ? o.budgets.map((one, n) => ({ kind: n === 0 ? ('clip' as const) : ('snapshot' as const), ...one }))
        : [];
      const shares = o.shares?.map(({ bytes, hoursAgo }) => ({ bytes, setMs: NOW_MS - hoursAgo * HOUR_MS }));
      const announced = o.announcements.map((one): Announcement => {
        const group = `${one.kind} ${one.cameraId}`;
        return {
          group,
          rule: one.right ? ruleText(one.kind, one.cameraId, o.rules) : 'another',
          announcedMs: NOW_MS - one.minutesAgo * 60_000,
        };
      });
      const memory = {
        announced,
        ...(shares && { shares: { clip: shares[0], snapshot: shares[1] } }),
        ...(o.lastPassHoursAgo === null ? {} : { seenMs: NOW_MS - o.lastPassHoursAgo * HOUR_MS }),
      };
      return {
        ...{ segments: o.segments, protections, leases, events },
        input: {
          nowMs: NOW_MS,
          footage: footageDaysOf(o.segments),
          items,
          rules: o.rules,
          holds: new Holds({ protections, leases, events }),
          volumes,
          budgets,
          memory,
        },
      };
    });
