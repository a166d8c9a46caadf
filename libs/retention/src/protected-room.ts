/**
 * Bounds what protections may hold. Without a bound, a protection of days to come holds all that is recorded, until the
 * disk is full and recording stops. So footage that came after its protection is held only while all protections stay
 * within their part of the disk. Footage that was there when somebody asked is always held: the janitor's limits made
 * sure that it fitted then.
 */
import { budgetKindOf, type Budget } from './budgets';
import { byStart, footageEndMs, footageStartMs, type FootageDay, type StoredSegment } from './footage-days';
import type { Holds } from './holds';
import type { Disk } from './marks';
import type { StoredItem } from './stored';

export interface ProtectedRoom {
  /** Footage that came later is held if it begins before this. It is Infinity where all is held. */
  laterUntilMs: number;
  /** The end of the held part. What follows may have gone already. */
  heldToMs: number;
  /** Protected bytes that are no longer held. */
  givenBytes: number;
}

export function protectedMostBytes({ usedBytes, freeBytes }: Disk, percent = Infinity): number {
  return Math.floor(((usedBytes + freeBytes) * percent) / 100);
}

/** The days that may have something protected. */
export function protectedDays(footage: readonly FootageDay[], holds: Pick<Holds, 'isProtected'>): FootageDay[] {
  return footage.filter((day) => holds.isProtected(day.cameraId, footageStartMs(day), footageEndMs(day)));
}

/**
 * The oldest of what came later is held first, so that a hold has an end and no holes. Open segments do not count,
 * because nobody deletes them.
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
 * Protected clips and snapshots above the protections' part of their budget may go. The newest that were made after the
 * protection go first, then the newest of the others.
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
