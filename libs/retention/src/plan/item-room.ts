/** Clips and snapshots give room: the oldest go first, and only those that others were told of. */
import { inOrderOfWorth, overBudget, wantedOf, type Budget, type BudgetKind } from '../budgets';
import { overHighMark } from '../marks';
import type { Tree } from '../stored';
import { sum } from '../sum';
import type { Draft } from './draft';
import { bytesIn, goingBytes } from './item-stock';

export function takeByBudget<P>(draft: Draft<P>, budget: Budget): void {
  const { kind, maxBytes } = budget;
  takeItems(draft, kind, overBudget(budget, draft.stock.bytes(kind)), { reason: 'budget', maxBytes });
}

export function takeForWriter<P>(draft: Draft<P>, budget: Budget): void {
  const { kind, maxBytes, otherBytes } = budget;
  const volume = draft.volumeOfKind(kind);
  const wantedBytes = wantedOf(budget);
  if (!volume || wantedBytes === 0) return;
  const overMark = (): number => overHighMark(draft.diskOf(volume, wantedBytes), draft.input.rules);
  takeItems(draft, kind, overMark(), { reason: 'space', maxBytes, trees: volume.trees });
  const ofBudget = draft.stock.bytes(kind) + otherBytes + wantedBytes - maxBytes;
  draft.setUnmet(kind, Math.max(0, ofBudget, overMark()));
}

/**
 * If all spare parts are not enough for a budget, items of no more use go whole.
 *
 * @returns the bytes that it frees in the trees that count
 */
export function takeItems<P>(
  draft: Draft<P>,
  kind: BudgetKind,
  wantedBytes: number,
  o: { reason: 'budget' | 'space'; maxBytes: number; trees?: readonly Tree[] },
): number {
  if (wantedBytes <= 0) return 0;
  const mayGo = inOrderOfWorth(draft.stock.mayGo(kind), o.maxBytes);
  let wholeBytes = o.reason === 'budget' ? wantedBytes - sum(mayGo.map((item) => sum(goingBytes(item, 'spare')))) : 0;
  let freed = 0;
  for (const item of mayGo) {
    if (freed >= wantedBytes || draft.isFull) break;
    const parts = wholeBytes > 0 && item.wholeMayGo ? 'all' : 'spare';
    const bytes = bytesIn(item, parts, o.trees);
    if (bytes <= 0) continue;
    if (parts === 'all') wholeBytes -= bytes - bytesIn(item, 'spare', o.trees);
    draft.takeItem(item, o.reason, parts);
    freed += bytes;
  }
  if (freed < wantedBytes) draft.stock.countHeld(kind);
  return freed;
}
