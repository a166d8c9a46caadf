/**
 * Clips and snapshots each own a share of the disk that they share with footage. Footage leaves exactly that share to
 * them. A share slowly follows what is used, up to the budget. So a burst of requests moves no footage, and a house
 * with many events has its whole budget within a month. On a disk that is too full, what lies above its share goes
 * first.
 */
import { DAY_MS } from '@vr/base';
import { budgetKindOf, type Budget, type BudgetKind } from './budgets';
import { bytesIn, type ItemStock } from './plan/item-stock';
import type { StoredItem, Volume } from './stored';

export interface Share {
  bytes: number;
  setMs: number;
}
export type Shares = Partial<Record<BudgetKind, Share>>;

/** What of a plan's input the shares depend on. */
interface SharesInput<P> {
  nowMs: number;
  items: readonly StoredItem<P>[];
  budgets?: readonly Budget[];
  volumes: readonly Volume[];
  memory: { shares?: Shares };
}

/** A share is set anew once a day. It then moves by at most this part of the budget. */
const STEP = 1 / 30;

/** `oldBytes`: what was there a day ago. It is the first share, where no earlier one is remembered. */
export function nextShare(
  known: Share | undefined,
  o: { nowMs: number; usedBytes: number; oldBytes: () => number; maxBytes: number },
): Share {
  const { nowMs, maxBytes } = o;
  if (!known) return { bytes: Math.min(maxBytes, o.oldBytes()), setMs: nowMs };
  const bytes = Math.min(known.bytes, maxBytes);
  if (nowMs < known.setMs) return { bytes, setMs: nowMs }; // the clock was set back
  if (nowMs - known.setMs < DAY_MS) return { bytes, setMs: known.setMs };
  const step = maxBytes * STEP;
  const wanted = Math.min(maxBytes, o.usedBytes);
  return { bytes: Math.min(Math.max(wanted, bytes - step), bytes + step), setMs: nowMs };
}

/** The shares of the footage's disk today. */
export function findShares<P>(
  { nowMs, items, budgets = [], volumes, memory }: SharesInput<P>,
  stock: ItemStock<P>,
): Map<BudgetKind, Share> {
  const trees = volumes.find((volume) => volume.trees.includes('recordings'))?.trees ?? [];
  const oldBytes = (kind: BudgetKind): number => {
    let bytes = 0;
    for (const item of items)
      if (budgetKindOf(item.kind) === kind && nowMs - item.agedFromMs >= DAY_MS) bytes += bytesIn(item, 'all', trees);
    return bytes;
  };
  return new Map(
    budgets.map(({ kind, maxBytes }) => {
      return [
        kind,
        nextShare(memory.shares?.[kind], {
          nowMs,
          usedBytes: stock.bytes(kind, trees),
          oldBytes: () => oldBytes(kind),
          maxBytes,
        }),
      ];
    }),
  );
}
