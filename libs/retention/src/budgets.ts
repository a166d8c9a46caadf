/**
 * Clips and snapshots have room of their own, whoever asked for them. So footage never has to make room for them. A
 * budget counts the files and records of its kind. It also counts the objects where the object store is a folder.
 */
import type { ItemHold } from './holds';
import type { StoredItem, StoredKind, Tree } from './stored';

export const BUDGET_KINDS = ['clip', 'snapshot'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];
/** The tree that holds their files. */
export const TREE_OF = { clip: 'clips', snapshot: 'snapshots' } as const satisfies Record<BudgetKind, Tree>;

export interface Budget {
  kind: BudgetKind;
  maxBytes: number;
  /** What records of unfinished work take; they are no items. */
  otherBytes: number;
  /** How much room a writer waits for. */
  wantedBytes: number;
}

/** How full a budget is, and why it is not emptier. */
export interface BudgetUse {
  kind: BudgetKind;
  maxBytes: number;
  usedBytes: number;
  /** What a writer still waits for although nothing more may go. */
  unmetBytes: number;
  /** How much may still go to make room for others. */
  spareBytes: number;
  heldBytes: Record<ItemHold, number>;
  /** The part of `heldBytes` that somebody asked for by hand. */
  heldByHandBytes: number;
  /** Footage on the same disk leaves this much alone. It is absent where no footage lies there. */
  shareBytes?: number;
}

/** A budget is emptied down to this part. Otherwise every new clip would need a pass of its own. */
const EMPTIED_TO = 0.95;
/**
 * What was asked for by hand goes first where it has more than this part. Otherwise frequent requests would push out
 * the clips of events.
 */
export const BY_HAND_PART = 0.5;

const DEFAULT_PART = 0.1;
const BYTES_PER_GB = 1e9;

/** The setting, else a tenth of the folder's disk. It is undefined where the disk is unknown too. */
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

/** It is 0 for what can never fit: deleting for it would be useless. */
export function wantedOf({ maxBytes, wantedBytes }: Budget): number {
  return wantedBytes > maxBytes ? 0 : wantedBytes;
}

/** How many of `usedBytes` have to go. */
export function overBudget(budget: Budget, usedBytes: number): number {
  const { maxBytes, otherBytes } = budget;
  const wanted = wantedOf(budget);
  const used = usedBytes + otherBytes;
  return used + wanted <= maxBytes ? 0 : used - Math.max(0, Math.min(maxBytes * EMPTIED_TO, maxBytes - wanted));
}

/** The order of deletion: first what was asked for by hand above its part, then the rest; the oldest first in each. */
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
