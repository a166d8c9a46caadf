/**
 * What protections may hold at most. Without a bound a protection of days to come holds all that is recorded, until the
 * disk is full and nothing more can be recorded. So what came after a protection was made is held only while all of
 * them stay within their part of the disk. What was there when it was asked for is always held: it was within that part
 * then (the janitor's limits).
 */
import { budgetKindOf, type Budget } from './budgets';
import { byStart, footageEndMs, footageStartMs, type FootageDay, type StoredSegment } from './footage-days';
import type { Holds } from './holds';
import type { Disk } from './marks';
import type { StoredItem } from './stored';

export interface ProtectedRoom {
  /** Footage that came later is held as far as it begins before this; Infinity where all of it is. */
  laterUntilMs: number;
  /** Where that ends which is held of it; what follows may have gone already. */
  heldToMs: number;
  /** What is protected, and not held any more. */
  givenBytes: number;
}

export function protectedMostBytes({ usedBytes, freeBytes }: Disk, percent = Infinity): number {
  return Math.floor(((usedBytes + freeBytes) * percent) / 100);
}

/** Days of which something may be protected. */
export function protectedDays(footage: readonly FootageDay[], holds: Pick<Holds, 'isProtected'>): FootageDay[] {
  return footage.filter((day) => holds.isProtected(day.cameraId, footageStartMs(day), footageEndMs(day)));
}

/**
 * The oldest of what came later is held first, so that a hold has an end and no holes. Open segments are nobody's to
 * delete.
 */
export function laterRoom(footage: readonly FootageDay[], holds: Holds, mostBytes: number): ProtectedRoom {
  const room: ProtectedRoom = { laterUntilMs: Infinity, heldToMs: -Infinity, givenBytes: 0 };
  if (!holds.anyLater) return room;
  let heldBytes = 0;
  const later: StoredSegment[] = [];
  for (const segment of byStart(protectedDays(footage, holds))) {
    const { cameraId, startMs, endMs, sizeBytes } = segment;
    if (holds.wasThere(cameraId, startMs, endMs)) heldBytes += sizeBytes;
    else if (holds.cameLater(cameraId, startMs, endMs)) later.push(segment);
  }
  for (const { startMs, endMs, sizeBytes } of later) {
    if (room.laterUntilMs === Infinity && heldBytes + sizeBytes > mostBytes) room.laterUntilMs = startMs;
    if (startMs >= room.laterUntilMs) {
      room.givenBytes += sizeBytes;
      room.heldToMs = Math.max(room.heldToMs, later[0]?.startMs ?? startMs);
    } else {
      heldBytes += sizeBytes;
      room.heldToMs = Math.max(room.heldToMs, endMs);
    }
  }
  return room;
}

/**
 * Clips, or snapshots, that are protected and may go all the same: those above the protections' part of their budget.
 * The newest go first that were made after the protection, then the newest.
 */
export function givenItems<P>(
  items: readonly StoredItem<P>[],
  holds: Holds,
  budgets: readonly Budget[],
  percent: number | undefined,
): Set<StoredItem<P>> {
  const given = new Set<StoredItem<P>>();
  if (percent === undefined) return given;
  for (const { kind, maxBytes } of budgets) {
    const held = items.filter(
      (item) =>
        item.tree !== undefined &&
        budgetKindOf(item.kind) === kind &&
        holds.isProtected(item.cameraId, item.startMs, item.endMs),
    );
    const wasThere = (item: StoredItem<P>): boolean => holds.wasThere(item.cameraId, item.startMs, item.endMs);
    const inOrderOfHold = held.sort((a, b) => Number(wasThere(b)) - Number(wasThere(a)) || a.startMs - b.startMs);
    let bytes = 0;
    for (const item of inOrderOfHold) {
      bytes += item.sizeBytes + item.objectBytes;
      if (bytes > (maxBytes * percent) / 100) given.add(item);
    }
  }
  return given;
}
