/** The items of a plan in the making: what is left of them by budget and tree, and which may still go. */
import { budgetKindOf, type BudgetKind, type BudgetUse } from '../budgets';
import type { Holds, ItemHold } from '../holds';
import type { StoredItem, Tree } from '../stored';

type Parts = 'all' | 'spare';

export class ItemStock<P> {
  /** Bytes that were in the way but are held. */
  readonly heldBytes: Record<ItemHold, number> = { protected: 0, not_uploaded: 0 };
  private readonly heldOnce = new Set<StoredItem<P>>();
  private readonly gone = new Set<StoredItem<P>>();
  private readonly left = new Map<BudgetKind, Map<Tree, number>>();

  constructor(
    readonly items: readonly StoredItem<P>[],
    private readonly holds: Holds,
    /** Protected items that are no longer held (protected-room.ts). */
    private readonly given: ReadonlySet<StoredItem<P>>,
  ) {
    for (const item of items) this.count(item, item.sizeBytes, item.objectBytes);
  }

  /** What a kind takes in all trees, or in these. */
  bytes(kind: BudgetKind, trees?: readonly Tree[]): number {
    let bytes = 0;
    for (const [tree, inTree] of this.left.get(kind) ?? []) if (trees?.includes(tree) ?? true) bytes += inTree;
    return bytes;
  }

  /** The items of a kind that can give room. */
  mayGo(kind: BudgetKind): StoredItem<P>[] {
    return this.items.filter(
      (item) =>
        budgetKindOf(item.kind) === kind &&
        !this.gone.has(item) &&
        (hasSpare(item) || item.wholeMayGo) &&
        this.holdOf(item) === undefined,
    );
  }

  /** Counts all that is held of a kind as being in the way. */
  countHeld(kind: BudgetKind): void {
    for (const item of this.items) if (budgetKindOf(item.kind) === kind && !this.gone.has(item)) this.isHeld(item);
  }

  /** A held item also counts, once, as being in the way. */
  isHeld(item: StoredItem<P>): boolean {
    const hold = this.holdOf(item);
    if (hold === undefined) return false;
    if (!this.heldOnce.has(item)) this.heldBytes[hold] += item.sizeBytes + item.objectBytes;
    this.heldOnce.add(item);
    return true;
  }

  /** @returns what that frees in its own tree and in the tree of objects */
  take(item: StoredItem<P>, parts: Parts): [bytes: number, objectBytes: number] {
    this.gone.add(item);
    const [bytes, objectBytes] = goingBytes(item, parts);
    this.count(item, -bytes, -objectBytes);
    return [bytes, objectBytes];
  }

  /** How much of a budget may still go, and how much may not. */
  use(kind: BudgetKind): Pick<BudgetUse, 'spareBytes' | 'heldBytes' | 'heldByHandBytes'> {
    const use = { spareBytes: 0, heldBytes: { protected: 0, not_uploaded: 0 }, heldByHandBytes: 0 };
    for (const item of this.items) {
      if (item.tree === undefined || budgetKindOf(item.kind) !== kind || this.gone.has(item)) continue;
      const hold = this.holdOf(item);
      if (hold === undefined)
        use.spareBytes += item.wholeMayGo ? item.sizeBytes + item.objectBytes : item.spareBytes + item.spareObjectBytes;
      else {
        const bytes = item.sizeBytes + item.objectBytes;
        use.heldBytes[hold] += bytes;
        if (item.byHand) use.heldByHandBytes += bytes;
      }
    }
    return use;
  }

  private holdOf(item: StoredItem<P>): ItemHold | undefined {
    if (!this.given.has(item) && this.holds.isProtected(item.cameraId, item.startMs, item.endMs)) return 'protected';
    return item.onlyCopy ? 'not_uploaded' : undefined;
  }

  private count({ kind, tree }: StoredItem<P>, bytes: number, objectBytes: number): void {
    const budget = budgetKindOf(kind);
    if (budget === undefined) return;
    const trees = this.left.get(budget) ?? new Map<Tree, number>();
    this.left.set(budget, trees);
    if (tree !== undefined) trees.set(tree, (trees.get(tree) ?? 0) + bytes);
    trees.set('objects', (trees.get('objects') ?? 0) + objectBytes);
  }
}

/** What an item gives in its own tree and in the tree of objects. */
export function goingBytes(item: StoredItem, parts: Parts): [bytes: number, objectBytes: number] {
  return parts === 'spare' ? [item.spareBytes, item.spareObjectBytes] : [item.sizeBytes, item.objectBytes];
}

/** What an item gives in all trees, or in these. */
export function bytesIn(item: StoredItem, parts: Parts, trees?: readonly Tree[]): number {
  const [bytes, objectBytes] = goingBytes(item, parts);
  if (!trees) return bytes + objectBytes;
  return (
    (item.tree !== undefined && trees.includes(item.tree) ? bytes : 0) + (trees.includes('objects') ? objectBytes : 0)
  );
}

function hasSpare(item: StoredItem): boolean {
  return item.spareBytes + item.spareObjectBytes > 0;
}
