/**
 * Decides what goes: what is stored in, deletions in their order and with their reasons out. No I/O, no clock of its own.
 *
 * 1. While the machine's clock cannot be right, nothing goes (clock-guard.ts).
 * 2. What is written just now, held (holds.ts), or has its only copy here never goes.
 * 3. By age: what ended longer ago than its retention; footage of events after `eventFootageMs`, where that is longer. More than
 *    half of a camera at once waits for a second look (second-look.ts).
 * 4. By quota: of a camera with a limit, its oldest footage without events, then its oldest.
 * 5. By space: on a disk that is still too full, the oldest footage without events, then the oldest, then clips that the store has.
 */
import { judgeClock } from './clock-guard';
import type { HoldReason } from './holds';
import { lookAgain, type AgedGroup } from './second-look';
import { FootageDeletion } from './footage-deletion';
import { at, shelfBytes, shelfEndMs, type FootageShelf } from './shelf';
import { inOrder } from './shelf-order';
import type { Deletion, DeletionReason, RetentionInput, RetentionPlan, RetentionRules, StoredItem, StoredKind, Tree, Volume } from './stored';

const DAY_MS = 86_400_000;
const STAYS = 0;
const GOES = 1;
const HELD = 2;

export function planRetention<P>(input: RetentionInput<P>): RetentionPlan<P> {
  const newestMs = input.footage.reduce((newest, shelf) => Math.max(newest, shelfEndMs(shelf)), -Infinity);
  const { refusal, memory } = judgeClock(input.nowMs, newestMs, input.memory);
  const planner = new Planner(input);
  if (refusal !== undefined) return { ...planner.outcome(), refusal, memory: { ...memory, announced: input.memory.announced } };
  const aged = planner.findAged();
  const { waiting, announced } = lookAgain(aged, input.memory.announced, input.nowMs);
  planner.takeAged(aged.filter(({ group }) => !waiting.has(group)));
  planner.takeByQuota();
  // What is to be done already makes room: how much is missing after it, the last of the partial plans tells.
  if (!planner.isFull) for (const volume of input.volumes) planner.makeRoom(volume);
  const waits = aged.filter(({ group }) => waiting.has(group)).map(({ group, expired, total }) => ({ group, expired, total }));
  return { ...planner.outcome(), announced: waits, memory: { ...memory, announced } };
}

/** Bytes that have to go from a disk; 0 where it is not too full. */
export function excessBytes({ usedBytes, freeBytes }: Omit<Volume, 'trees'>, rules: Pick<RetentionRules, 'highPercent' | 'lowPercent' | 'minFreeBytes'>): number {
  const { highPercent, lowPercent, minFreeBytes } = rules;
  const totalBytes = usedBytes + freeBytes;
  if (usedBytes < (totalBytes * highPercent) / 100 && freeBytes >= minFreeBytes) return 0;
  return Math.max(0, usedBytes - Math.min((totalBytes * lowPercent) / 100, totalBytes - minFreeBytes));
}

interface Aged<P> extends AgedGroup {
  /** Rows by shelf: a first pass may find half a million. */
  shelves: { shelf: FootageShelf; rows: number[] }[];
  items: StoredItem<P>[];
}

class Planner<P> {
  private readonly deletions: Deletion<P>[] = [];
  private readonly heldBytes: Record<HoldReason, number> = { protected: 0, waiting_clip: 0, not_uploaded: 0 };
  private missingBytes = 0;
  /** Of shelves that anything was decided about. */
  private readonly fates = new Map<FootageShelf, Uint8Array>();
  private readonly goneItems = new Set<StoredItem<P>>();
  private readonly heldItems = new Set<StoredItem<P>>();

  constructor(private readonly input: RetentionInput<P>) {}

  outcome(): RetentionPlan<P> {
    const { deletions, heldBytes, missingBytes, input, isFull } = this;
    return { deletions, heldBytes, missingBytes: Math.ceil(missingBytes), isPartial: isFull, announced: [], memory: input.memory };
  }

  get isFull(): boolean {
    return this.deletions.length >= (this.input.most ?? Infinity);
  }

  findAged(): Aged<P>[] {
    const groups = new Map<string, Aged<P>>();
    const groupOf = (kind: StoredKind, cameraId: string): Aged<P> => {
      const group = `${kind} ${cameraId}`;
      const known = groups.get(group) ?? { group, rule: this.ruleText(kind, cameraId), total: 0, expired: 0, shelves: [], items: [] };
      groups.set(group, known);
      return known;
    };
    for (const shelf of this.input.footage) {
      const group = groupOf('footage', shelf.cameraId);
      group.total += shelf.startMs.length;
      // Sorted by start: where the first is young, all are.
      if (this.input.nowMs - (shelf.startMs[0] ?? Infinity) < this.retentionMs('footage', shelf.cameraId)) continue;
      const rows: number[] = [];
      for (let row = 0; row < shelf.startMs.length; row++) if (this.isAgedRow(shelf, row) && !this.isHeldRow(shelf, row)) rows.push(row);
      group.expired += rows.length;
      if (rows.length > 0) group.shelves.push({ shelf, rows });
    }
    for (const item of this.input.items) {
      const group = groupOf(item.kind, item.cameraId);
      group.total += 1;
      if (this.input.nowMs - item.agedFromMs >= this.retentionMs(item.kind, item.cameraId) && !this.isHeldItem(item)) group.items.push(item);
    }
    for (const group of groups.values()) group.expired += group.items.length;
    return [...groups.values()];
  }

  takeAged(groups: readonly Aged<P>[]): void {
    for (const { shelf, row } of inOrder(groups.flatMap((group) => group.shelves))) {
      if (this.isFull) return;
      this.takeRow(shelf, row, 'age');
    }
    for (const shelf of this.input.footage) this.takeNotes(shelf);
    for (const item of groups.flatMap((group) => group.items).sort((a, b) => a.agedFromMs - b.agedFromMs)) this.takeItem(item, 'age', item.sizeBytes);
  }

  /** The open segment counts, though it stays. */
  takeByQuota(): void {
    for (const [cameraId, maxBytes] of this.input.rules.maxBytesByCamera) {
      const shelves = this.input.footage.filter((shelf) => shelf.cameraId === cameraId);
      const gone = this.deletions.filter((deletion) => deletion.kind === 'footage' && deletion.cameraId === cameraId);
      this.takeFootage(shelves, sum(shelves.map(shelfBytes)) - sum(gone.map(({ sizeBytes }) => sizeBytes)) - maxBytes, 'quota');
    }
  }

  makeRoom(volume: Volume): void {
    const freed = sum(this.deletions.map((deletion) => (volume.trees.some((tree) => tree === treeOf(deletion)) ? deletion.sizeBytes : 0)));
    let excess = excessBytes({ usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed }, this.input.rules);
    if (volume.trees.includes('recordings')) excess = this.takeFootage(this.input.footage, excess, 'space');
    if (volume.trees.includes('clips') && !this.isFull) excess = this.takeSpareClips(excess);
    if (!this.isFull) this.missingBytes += Math.max(0, excess);
  }

  /** @returns what is still too much */
  private takeFootage(shelves: readonly FootageShelf[], excessBytes: number, reason: 'quota' | 'space'): number {
    let excess = excessBytes;
    for (const withEvents of [false, true]) {
      if (excess <= 0) break;
      for (const { shelf, row } of inOrder(shelves.map((shelf) => ({ shelf })))) {
        if (excess <= 0 || this.isFull) break;
        const [startMs, endMs] = [at(shelf.startMs, row), at(shelf.endMs, row)];
        if (this.fates.get(shelf)?.[row] === GOES || this.input.holds.hasEvent(shelf.cameraId, startMs, endMs) !== withEvents) continue;
        if (this.isHeldRow(shelf, row)) continue;
        this.takeRow(shelf, row, reason);
        excess -= at(shelf.sizeBytes, row);
      }
    }
    return excess;
  }

  private takeSpareClips(excessBytes: number): number {
    let excess = excessBytes;
    if (excess <= 0) return excess;
    const spare = this.input.items.filter((item) => item.kind === 'clip' && item.spareBytes > 0 && !item.onlyCopy && !this.goneItems.has(item));
    for (const item of spare.sort((a, b) => a.agedFromMs - b.agedFromMs)) {
      if (excess <= 0) break;
      if (this.isHeldItem(item)) continue;
      this.takeItem(item, 'space', item.spareBytes);
      excess -= item.spareBytes;
    }
    return excess;
  }

  private takeRow(shelf: FootageShelf, row: number, reason: DeletionReason): void {
    this.fateOf(shelf)[row] = GOES;
    this.deletions.push(new FootageDeletion(shelf, row, reason));
  }

  /** The notes on a day's interruptions go when the day, the last interruption written there and its last segment are over age. */
  private takeNotes(shelf: FootageShelf): void {
    const { cameraId, day, notes } = shelf;
    const startMs = Date.parse(day);
    if (!notes || shelf.open.length > 0) return;
    if (this.input.nowMs - Math.max(startMs + DAY_MS, notes.modifiedMs) < this.retentionMs('footage', cameraId)) return;
    const fate = this.fates.get(shelf);
    if (shelf.startMs.length > 0 && !fate?.every((one) => one === GOES)) return;
    this.deletions.push({ kind: 'notes', reason: 'age', cameraId, day, startMs, endMs: startMs + DAY_MS, sizeBytes: notes.sizeBytes });
  }

  private takeItem(item: StoredItem<P>, reason: DeletionReason, sizeBytes: number): void {
    this.goneItems.add(item);
    const { kind, cameraId, startMs, endMs } = item;
    this.deletions.push({ kind, reason, cameraId, startMs, endMs, sizeBytes, item });
  }

  private isAgedRow({ cameraId, startMs, endMs }: FootageShelf, row: number): boolean {
    const ageMs = this.input.nowMs - at(endMs, row);
    if (ageMs < this.retentionMs('footage', cameraId)) return false;
    return ageMs >= this.input.rules.eventFootageMs || !this.input.holds.hasEvent(cameraId, at(startMs, row), at(endMs, row));
  }

  private isHeldRow(shelf: FootageShelf, row: number): boolean {
    const held = this.input.holds.ofFootage(shelf.cameraId, at(shelf.startMs, row), at(shelf.endMs, row));
    if (held === undefined) return false;
    const fate = this.fateOf(shelf);
    if (fate[row] === STAYS) this.heldBytes[held] += at(shelf.sizeBytes, row);
    fate[row] = HELD;
    return true;
  }

  private isHeldItem(item: StoredItem<P>): boolean {
    const held = this.input.holds.isProtected(item.cameraId, item.startMs, item.endMs) ? 'protected' : item.onlyCopy ? 'not_uploaded' : undefined;
    if (held === undefined) return false;
    if (!this.heldItems.has(item)) this.heldBytes[held] += item.sizeBytes;
    this.heldItems.add(item);
    return true;
  }

  private fateOf(shelf: FootageShelf): Uint8Array {
    const known = this.fates.get(shelf) ?? new Uint8Array(shelf.startMs.length);
    this.fates.set(shelf, known);
    return known;
  }

  private retentionMs(kind: StoredKind, cameraId: string): number {
    const { rules } = this.input;
    if (kind === 'clip' || kind === 'clip_object') return rules.clipMs;
    if (kind === 'snapshot' || kind === 'snapshot_object') return rules.snapshotMs;
    return rules.footageMsByCamera.get(cameraId) ?? rules.footageMs;
  }

  private ruleText(kind: StoredKind, cameraId: string): string {
    const days = `${this.retentionMs(kind, cameraId) / DAY_MS} days`;
    return kind === 'footage' ? `${days}, ${this.input.rules.eventFootageMs / DAY_MS} with events` : days;
  }
}

function treeOf({ kind, item }: Deletion): Tree | undefined {
  return kind === 'footage' || kind === 'notes' ? 'recordings' : item?.tree;
}

function sum(bytes: readonly number[]): number {
  return bytes.reduce((total, one) => total + one, 0);
}
