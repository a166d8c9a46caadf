/** The world of a property test, and what a plan makes of it. Its judgements use none of the plan's own code. */
import { utcDay } from '@vr/base';
import type { CameraSpan } from '../holds';
import { DaySegments } from '../day-segments';
import type { FootageDay } from '../footage-days';
import type { RetentionRules, StoredItem, Tree } from '../stored';
import type { Deletion, RetentionInput, RetentionPlan } from '../plan/decision';

/** A failure prints its seed and path, so that it can be run again. */
export const RUNS = { numRuns: 10_000 };
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const NOW_MS = Date.UTC(2026, 10, 23, 12);
export const CAMERAS = ['cam_1', 'cam_2', 'cam_long'] as const;

export interface Segment extends CameraSpan {
  sizeBytes: number;
  open: boolean;
}
export interface World {
  input: RetentionInput;
  segments: Segment[];
  protections: CameraSpan[];
  leases: CameraSpan[];
  events: CameraSpan[];
}

export const ALL_TREES: readonly Tree[] = ['recordings', 'clips', 'snapshots', 'objects'];

/** The rule as the plan writes it. A changed retention is another rule. */
export function ruleText(kind: string, cameraId: string, of: RetentionRules): string {
  if (kind === 'clip') return `${of.clipMs / DAY_MS} days`;
  if (kind === 'snapshot') return `${of.snapshotMs / DAY_MS} days`;
  return `${footageMs(of, cameraId) / DAY_MS} days, ${of.eventFootageMs / DAY_MS} with events`;
}
export function footageMs(of: RetentionRules, cameraId: string): number {
  return of.footageMsByCamera.get(cameraId) ?? of.footageMs;
}
/** What an item takes in these trees, or the part of it that goes. */
export function bytesIn(one: StoredItem, trees: readonly Tree[], parts: 'all' | 'spare' = 'all'): number {
  const [bytes, objectBytes] =
    parts === 'all' ? [one.sizeBytes, one.objectBytes] : [one.spareBytes, one.spareObjectBytes];
  return (one.tree && trees.includes(one.tree) ? bytes : 0) + (trees.includes('objects') ? objectBytes : 0);
}
/** What a plan frees in these trees. */
export function freedIn(deletions: readonly Deletion[], trees: readonly Tree[]): number {
  return bytesOf(
    deletions.map((deletion) => ({
      sizeBytes: deletion.item
        ? bytesIn(deletion.item, trees, deletion.parts)
        : trees.includes('recordings')
          ? deletion.sizeBytes
          : 0,
    })),
  );
}
export function bytesOf(stored: readonly { sizeBytes: number }[]): number {
  return stored.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
}
export function footageDaysOf(all: readonly Segment[]): FootageDay[] {
  return [...grouped(all).values()].map((found): FootageDay => {
    const closed = found.filter(({ open }) => !open);
    const { cameraId = '', startMs = 0 } = found[0] ?? {};
    return {
      cameraId,
      day: utcDay(startMs),
      closed: new DaySegments(closed),
      open: found.filter(({ open }) => open),
      names: found.length,
    };
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
export const touches = (spans: readonly CameraSpan[], one: CameraSpan): boolean =>
  spans.some((other) => other.cameraId === one.cameraId && other.startMs < one.endMs && other.endMs > one.startMs);
export const isSame = (deletion: Deletion, segment: Segment): boolean =>
  deletion.kind === 'footage' && deletion.cameraId === segment.cameraId && deletion.startMs === segment.startMs;
/** Every segment, with its deletion if the plan has one, and what is known of it. */
export function footageAfter({ segments: all, protections, leases, events }: World, { deletions }: RetentionPlan) {
  return all.map((segment) => {
    const held = touches(protections, segment) || touches(leases, segment);
    return {
      ...segment,
      held,
      withEvent: touches(events, segment),
      deletion: deletions.find((one) => isSame(one, segment)),
    };
  });
}
/** What the next pass finds, right after the plan was carried out. */
export function afterwards({ input, segments: all }: World, plan: RetentionPlan): RetentionInput {
  const items = input.items.flatMap((one): StoredItem[] => {
    const deletion = plan.deletions.find((candidate) => candidate.item === one);
    if (!deletion) return [one];
    if (deletion.parts === 'all') return [];
    return [
      {
        ...one,
        sizeBytes: one.sizeBytes - one.spareBytes,
        objectBytes: one.objectBytes - one.spareObjectBytes,
        spareBytes: 0,
        spareObjectBytes: 0,
      },
    ];
  });
  const volumes = input.volumes.map((volume) => {
    const freed = freedIn(plan.deletions, volume.trees);
    return { ...volume, usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed };
  });
  const footage = footageDaysOf(all.filter((segment) => !plan.deletions.some((deletion) => isSame(deletion, segment))));
  return { ...input, volumes, memory: plan.memory, items, footage };
}
