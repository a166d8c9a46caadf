/** Decides who gives room on a disk that is too full: clips and snapshots, or footage. */
import { BUDGET_KINDS, type BudgetKind } from '../budgets';
import { excessBytes, inDanger } from '../marks';
import type { Volume } from '../stored';
import { sum } from '../sum';
import type { Draft } from './draft';
import { takeFootage } from './footage-room';
import { takeItems } from './item-room';

export function makeRoom<P>(draft: Draft<P>, volume: Volume): void {
  const { input, shares, stock } = draft;
  const { trees } = volume;
  const take = (kind: BudgetKind, wantedBytes: number): number =>
    takeItems(draft, kind, wantedBytes, {
      reason: 'space',
      maxBytes: shares.get(kind)?.bytes ?? Infinity,
      trees,
    });
  let excess = excessBytes(draft.diskOf(volume), input.rules);
  // If footage gives all that it has to, clips and snapshots keep their shares.
  let belowShares = true;
  if (trees.includes('recordings')) {
    for (const [kind, share] of shares) excess -= take(kind, Math.min(excess, stock.bytes(kind, trees) - share.bytes));
    const wanted = footageExcess(draft, volume);
    const left = takeFootage(draft, input.footage, wanted, 'space');
    excess -= wanted - left;
    belowShares = left > 0;
  }
  for (const kind of belowShares ? BUDGET_KINDS : []) excess -= take(kind, excess);
  if (!draft.isFull) draft.missingBytes += Math.max(0, excess);
}

/** What footage has to give: the excess that would remain if clips and snapshots had exactly their shares. */
function footageExcess<P>(draft: Draft<P>, volume: Volume): number {
  const { rules, budgets = [] } = draft.input;
  const ofKind = (kind: BudgetKind): number => draft.stock.bytes(kind, volume.trees);
  const shared = draft.diskOf(volume, sum(Array.from(draft.shares, ([kind, { bytes }]) => bytes - ofKind(kind))));
  // Recording is in danger half way from the high mark to a full disk. Then clips that cannot go count too, up to
  // their budget.
  const beyond = sum(budgets.map(({ kind, maxBytes }) => Math.max(0, ofKind(kind) - maxBytes)));
  return Math.max(excessBytes(shared, rules), excessBytes(draft.diskOf(volume, -beyond), inDanger(rules)));
}
