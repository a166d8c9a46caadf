/** A plan in the making: what goes so far, what that leaves on the disks, and what may not go. */
import { DAY_MS } from '@vr/base';
import { cameraOfTrack } from '@vr/contracts';
import { TREE_OF, type Budget, type BudgetKind, type BudgetUse } from '../budgets';
import type { FootageDay, StoredSegment } from '../footage-days';
import type { Holds } from '../holds';
import type { Disk } from '../marks';
import { givenItems, laterRoom, protectedMostBytes, type ProtectedRoom } from '../protected-room';
import { findShares, type Share, type Shares } from '../shares';
import type { StoredItem, Tree, Volume } from '../stored';
import type { Deletion, DeletionReason, RetentionInput, RetentionPlan } from './decision';
import { sum } from '../sum';
import { ItemStock } from './item-stock';

const STAYS = 0;
const GOES = 1;
const HELD = 2;

export class Draft<P> {
  readonly stock: ItemStock<P>;
  readonly holds: Holds;
  readonly shares: ReadonlyMap<BudgetKind, Share>;
  missingBytes = 0;
  private readonly deletions: Deletion<P>[] = [];
  private readonly freedBytes: Record<Tree, number> = { recordings: 0, clips: 0, snapshots: 0, objects: 0 };
  /** By day and row, because a set of objects would keep them all in memory. A day without decisions has no entry. */
  private readonly fates = new Map<FootageDay, Uint8Array>();
  private readonly heldFootage = { protected: 0, waiting_clip: 0 };
  private readonly unmetBytes = new Map<BudgetKind, number>();
  private readonly room: ProtectedRoom;
  private readonly givenItemBytes: number;

  constructor(readonly input: RetentionInput<P>) {
    const { holds, rules, budgets = [] } = input;
    const volume = this.volumeOf('recordings');
    this.room = laterRoom(input.footage, holds, volume ? protectedMostBytes(volume, rules.protectPercent) : Infinity);
    this.holds = holds.withLaterUntil(this.room.laterUntilMs);
    const given = givenItems(input.items, holds, budgets, rules.protectPercent);
    this.givenItemBytes = sum(Array.from(given, (item) => item.sizeBytes + item.objectBytes));
    this.stock = new ItemStock(input.items, holds, given);
    this.shares = findShares(input, this.stock);
  }

  get isFull(): boolean {
    return this.deletions.length >= (this.input.most ?? Infinity);
  }

  get rememberedShares(): Shares | undefined {
    return this.shares.size > 0 ? Object.fromEntries(this.shares) : undefined;
  }

  isGone({ day, row }: Pick<StoredSegment, 'day' | 'row'>): boolean {
    return this.fates.get(day)?.[row] === GOES;
  }

  isEmptied(day: FootageDay): boolean {
    return day.closed.length === 0 || (this.fates.get(day)?.every((fate) => fate === GOES) ?? false);
  }

  /** A held segment may not go. It counts, once, as being in the way. */
  isHeld(segment: StoredSegment): boolean {
    const hold = this.holds.ofFootage(segment.cameraId, segment.startMs, segment.endMs);
    if (hold === undefined) return false;
    const fates = this.fatesOf(segment.day);
    if (fates[segment.row] === STAYS) this.heldFootage[hold] += segment.sizeBytes;
    fates[segment.row] = HELD;
    return true;
  }

  takeSegment(segment: StoredSegment, reason: DeletionReason): void {
    const { day, row, cameraId, startMs, endMs, sizeBytes } = segment;
    this.fatesOf(day)[row] = GOES;
    this.freedBytes.recordings += sizeBytes;
    this.deletions.push({ kind: 'footage', reason, cameraId, startMs, endMs, sizeBytes });
  }

  takeNotes({ cameraId, day }: FootageDay, sizeBytes: number): void {
    const startMs = Date.parse(day);
    this.freedBytes.recordings += sizeBytes;
    this.deletions.push({ kind: 'notes', reason: 'age', cameraId, startMs, endMs: startMs + DAY_MS, sizeBytes });
  }

  takeItem(item: StoredItem<P>, reason: DeletionReason, parts: 'all' | 'spare'): void {
    const [bytes, objectBytes] = this.stock.take(item, parts);
    if (item.tree) this.freedBytes[item.tree] += bytes;
    this.freedBytes.objects += objectBytes;
    const { kind, cameraId, startMs, endMs } = item;
    this.deletions.push({ kind, reason, cameraId, startMs, endMs, sizeBytes: bytes + objectBytes, item, parts });
  }

  /** What a writer of this kind still waits for although nothing more may go. */
  setUnmet(kind: BudgetKind, bytes: number): void {
    this.unmetBytes.set(kind, bytes);
  }

  /** How much of a camera's footage goes so far. */
  footageBytesGone(cameraId: string): number {
    const gone = this.deletions.filter(
      (deletion) => deletion.kind === 'footage' && cameraOfTrack(deletion.cameraId) === cameraId,
    );
    return sum(gone.map(({ sizeBytes }) => sizeBytes));
  }

  volumeOf(tree: Tree): Volume | undefined {
    return this.input.volumes.find(({ trees }) => trees.includes(tree));
  }

  volumeOfKind(kind: BudgetKind): Volume | undefined {
    return this.volumeOf(TREE_OF[kind]);
  }

  /** The disk after all decisions so far. `moreBytes` are counted as used, too. */
  diskOf({ trees, usedBytes, freeBytes }: Volume, moreBytes = 0): Disk {
    const change = moreBytes - sum(trees.map((tree) => this.freedBytes[tree]));
    return { usedBytes: usedBytes + change, freeBytes: freeBytes - change };
  }

  outcome(): RetentionPlan<P> {
    const { heldFootage, stock } = this;
    const { heldToMs: fromMs, givenBytes: bytes } = this.room;
    return {
      ...(bytes > 0 ? { given: { fromMs, bytes } } : {}),
      givenItemBytes: this.givenItemBytes,
      deletions: this.deletions,
      heldBytes: {
        protected: heldFootage.protected + stock.heldBytes.protected,
        waiting_clip: heldFootage.waiting_clip,
        not_uploaded: stock.heldBytes.not_uploaded,
      },
      missingBytes: Math.ceil(this.missingBytes),
      isPartial: this.isFull,
      budgets: (this.input.budgets ?? []).map((budget) => this.useOf(budget)),
      announced: [],
      memory: this.input.memory,
    };
  }

  private fatesOf(day: FootageDay): Uint8Array {
    const known = this.fates.get(day) ?? new Uint8Array(day.closed.length);
    this.fates.set(day, known);
    return known;
  }

  private useOf({ kind, maxBytes, otherBytes }: Budget): BudgetUse {
    return {
      kind,
      maxBytes,
      usedBytes: this.stock.bytes(kind) + otherBytes,
      unmetBytes: this.unmetBytes.get(kind) ?? 0,
      ...this.stock.use(kind),
      shareBytes: this.shares.get(kind)?.bytes,
    };
  }
}
