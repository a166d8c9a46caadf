/**
 * What clips and snapshots may take, whoever asked for them: room of their own, so that footage makes none for them. A
 * budget counts the files, the records and, where the object store is a folder, the objects of its kind.
 */
import type { ItemHold } from './holds';
import type { StoredItem, StoredKind, Tree } from './stored';

export const BUDGET_KINDS = ['clip', 'snapshot'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];
/** Where their files lie. */
export const TREE_OF = { clip: 'clips', snapshot: 'snapshots' } as const satisfies Record<BudgetKind, Tree>;

export interface Budget {
  kind: BudgetKind;
  maxBytes: number;
  /** Taken by what is no item: records of what is on its way. */
  otherBytes: number;
  /** A writer waits for so much room. */
  wantedBytes: number;
}

/** How full a budget is, and why it is not emptier. */
export interface BudgetUse {
  kind: BudgetKind;
  maxBytes: number;
  usedBytes: number;
  /** What a writer waits for, and nothing more may go for. */
  unmetBytes: number;
  /** What may still go to make room for others. */
  spareBytes: number;
  heldBytes: Record<ItemHold, number>;
  /** Of that, what was asked for by hand. */
  heldByHandBytes: number;
  /** What footage on the same disk keeps clear of; absent where none lies there. */
  shareBytes?: number;
}

/** Down to this part of it a budget is emptied, so that not every clip needs a pass of its own. */
const EMPTIED_TO = 0.95;
/**
 * What was asked for by hand goes first where it has more than this part, or whoever asks often enough would push out
 * the clips of events.
 */
export const BY_HAND_PART = 0.5;

const DEFAULT_PART = 0.1;
const BYTES_PER_GB = 1e9;

/** By its setting, else a tenth of the disk that its folder lies on; undefined where the disk is not known either. */
export function budgetBytes(
  maxGb: number | undefined,
  disk: { usedBytes: number; freeBytes: number } | undefined,
): number | undefined {
  if (maxGb !== undefined) return maxGb * BYTES_PER_GB;
  return disk && (disk.usedBytes + disk.freeBytes) * DEFAULT_PART;
}

export function budgetKindOf(kind: StoredKind): BudgetKind | undefined {
  if (kind === 'clip' || kind === 'clip_object') return 'clip';
  if (kind === 'snapshot' || kind === 'snapshot_object') return 'snapshot';
  return undefined;
}

/** Nobody makes room for what can never fit. */
export function wantedOf({ maxBytes, wantedBytes }: Budget): number {
  return wantedBytes > maxBytes ? 0 : wantedBytes;
}

/** Bytes that have to go of what takes `usedBytes`. */
export function overBudget(budget: Budget, usedBytes: number): number {
  const { maxBytes, otherBytes } = budget;
  const wanted = wantedOf(budget);
  const used = usedBytes + otherBytes;
  return used + wanted <= maxBytes ? 0 : used - Math.max(0, Math.min(maxBytes * EMPTIED_TO, maxBytes - wanted));
}

/** In the order in which they go: the oldest first, but before all others those by hand that are above their part. */
export function inOrderOfWorth<P>(items: readonly StoredItem<P>[], maxBytes: number): StoredItem<P>[] {
  const oldestFirst = [...items].sort((a, b) => a.agedFromMs - b.agedFromMs);
  const above = new Set<StoredItem<P>>();
  let byHandBytes = 0;
  for (const item of [...oldestFirst].reverse()) {
    if (!item.byHand) continue;
    byHandBytes += item.sizeBytes + item.objectBytes;
    if (byHandBytes > maxBytes * BY_HAND_PART) above.add(item);
  }
  return [...oldestFirst.filter((item) => above.has(item)), ...oldestFirst.filter((item) => !above.has(item))];
}
