import fc from 'fast-check';
import { budgetKindOf, overBudget, TREE_OF, wantedOf, type Budget } from '../budgets';
import { excessBytes, inDanger as dangerMarks, overHighMark } from '../marks';
import { planRetention } from './plan';
import type { StoredItem, Volume } from '../stored';
import type { RetentionInput, RetentionPlan } from './decision';
import { ALL_TREES, afterwards, bytesIn, bytesOf, NOW_MS, RUNS, touches, type World } from '../testing/outcomes';
import { item, worlds } from '../testing/worlds';

const world = worlds(true);
const isBudgeted = ({ kind }: StoredItem): boolean => budgetKindOf(kind) !== undefined;
const of =
  (kind: Budget['kind']) =>
  (one: StoredItem): boolean =>
    budgetKindOf(one.kind) === kind && one.tree !== undefined;
const sizeOf = (items: readonly StoredItem[], trees = ALL_TREES): number =>
  bytesOf(items.map((one) => ({ sizeBytes: bytesIn(one, trees) })));

/** The same world with other clips and snapshots, on disks of the same size. */
function withItems({ input }: World, items: StoredItem[]): RetentionInput {
  const volumes = input.volumes.map((volume): Volume => {
    const more = sizeOf(items, volume.trees) - sizeOf([...input.items], volume.trees);
    return { ...volume, usedBytes: volume.usedBytes + more, freeBytes: volume.freeBytes - more };
  });
  return { ...input, items, volumes };
}

/** The world with shares that no clip can move, as they stand for a day. */
function settled({ input, ...one }: World): World {
  const set = { bytes: 0, setMs: NOW_MS };
  const { clip = set, snapshot = set } = input.memory.shares ?? {};
  const shares = { clip: { ...clip, setMs: NOW_MS }, snapshot: { ...snapshot, setMs: NOW_MS } };
  return { ...one, input: { ...input, memory: { ...input.memory, shares } } };
}

const footageOf = ({ deletions }: RetentionPlan): string[] =>
  deletions.filter(({ kind }) => kind === 'footage').map(({ cameraId, startMs }) => `${cameraId} ${startMs}`);

/**
 * Whether clips that cannot go bring recording into danger on the disk that they share, before footage gives anything
 * for want of space.
 */
function inDanger(input: RetentionInput, plan: RetentionPlan): boolean {
  const volume = input.volumes.find(({ trees }) => trees.includes('recordings'));
  if (!volume) return false;
  const freed = bytesOf(
    plan.deletions.map((one) => ({
      sizeBytes: one.item ? bytesIn(one.item, volume.trees, one.parts) : one.reason === 'space' ? 0 : one.sizeBytes,
    })),
  );
  return (
    excessBytes(
      { usedBytes: volume.usedBytes - freed, freeBytes: volume.freeBytes + freed },
      dangerMarks(input.rules),
    ) > 0
  );
}

describe('in 10,000 random worlds with budgets', () => {
  it('whatever is there of clips and snapshots, the same footage goes', () => {
    let compared = 0;
    fc.assert(
      fc.property(world.map(settled), fc.array(item, { maxLength: 12 }), (one, others) => {
        const changed = withItems(one, [
          ...one.input.items.filter((stored) => !isBudgeted(stored)),
          ...others.filter(isBudgeted),
        ]);
        const [plan, otherPlan] = [planRetention(one.input), planRetention(changed)];
        if (inDanger(one.input, plan) || inDanger(changed, otherPlan)) return;
        compared += 1;
        expect(footageOf(otherPlan)).toEqual(footageOf(plan));
      }),
      RUNS,
    );
    expect(compared).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it('no clip or snapshot takes footage that stays if each budget is just full, even with recording in danger', () => {
    fc.assert(
      fc.property(world.map(settled), fc.array(item, { maxLength: 12 }), (one, more) => {
        const kept = one.input.items.filter((stored) => !isBudgeted(stored));
        const full = (one.input.budgets ?? []).map(({ kind, maxBytes }): StoredItem => {
          const none = {
            objectBytes: 0,
            spareBytes: 0,
            spareObjectBytes: 0,
            wholeMayGo: false,
            byHand: false,
            place: undefined,
          };
          // They lie on the footage's disk, so that they are in its way.
          return {
            kind,
            cameraId: 'cam_2',
            startMs: NOW_MS,
            endMs: NOW_MS,
            agedFromMs: NOW_MS,
            tree: 'recordings',
            sizeBytes: maxBytes,
            onlyCopy: true,
            ...none,
          };
        });
        const flooded = new Set(
          footageOf(planRetention(withItems(one, [...one.input.items, ...more.filter(isBudgeted)]))),
        );
        const bounded = new Set(footageOf(planRetention(withItems(one, [...kept, ...full]))));
        for (const segment of flooded) if (!bounded.has(segment)) throw new Error(`${segment} goes`);
      }),
      RUNS,
    );
  });

  it('a budget that is too full is emptied, the oldest first, no more than needed; no other is touched', () => {
    fc.assert(
      fc.property(world, (one) => {
        const plan = planRetention({ ...one.input, volumes: [] });
        for (const budget of one.input.budgets ?? []) {
          const mine = one.input.items.filter(of(budget.kind));
          const gone = plan.deletions.filter((deletion) => deletion.item && of(budget.kind)(deletion.item));
          const byBudget = gone.filter(({ reason }) => reason === 'budget');
          const before = sizeOf(mine) - bytesOf(gone.filter(({ reason }) => reason === 'age'));
          const after = before - bytesOf(byBudget);
          if (plan.refusal !== undefined || overBudget(budget, before) === 0) return expect(byBudget).toEqual([]);
          const last = byBudget.at(-1);
          if (last && before - (after + last.sizeBytes) >= overBudget(budget, before)) throw new Error('one too many');
          const stays = mine.filter(
            (stored) =>
              !gone.some(({ item: found }) => found === stored) &&
              !stored.onlyCopy &&
              !touches(one.protections, stored),
          );
          const spare = stays.filter(
            ({ spareBytes, spareObjectBytes, wholeMayGo }) => spareBytes + spareObjectBytes > 0 || wholeMayGo,
          );
          if (overBudget(budget, after) > 0 && spare.length > 0) throw new Error('too full, and more may go');
          const newestGone = Math.max(
            ...byBudget.map(({ item: found }) => (found?.byHand ? -Infinity : (found?.agedFromMs ?? -Infinity))),
          );
          const older = spare.filter(
            ({ byHand, agedFromMs, ...stored }) =>
              !byHand && stored.spareBytes + stored.spareObjectBytes > 0 && agedFromMs < newestGone,
          );
          if (older.length > 0) throw new Error('an older one stays');
        }
        return undefined;
      }),
      RUNS,
    );
  });

  it('says of each budget what is in it once the plan is carried out, what may still go and what is held', () => {
    fc.assert(
      fc.property(world, (one) => {
        const plan = planRetention(one.input);
        const next = plan.refusal === undefined ? afterwards(one, plan) : one.input;
        for (const { kind, usedBytes, spareBytes, unmetBytes, heldBytes } of plan.budgets) {
          const left = next.items.filter(of(kind));
          const other = one.input.budgets?.find((budget) => budget.kind === kind)?.otherBytes ?? 0;
          expect(usedBytes).toBe(sizeOf(left) + other);
          expect(heldBytes.protected).toBe(sizeOf(left.filter((stored) => touches(one.protections, stored))));
          const budget = one.input.budgets?.find((other) => other.kind === kind);
          const volume = next.volumes.find(({ trees }) => trees.includes(TREE_OF[kind]));
          if (plan.refusal === undefined && budget && volume && wantedOf(budget) > 0 && unmetBytes === 0) {
            const more = wantedOf(budget);
            expect(usedBytes + more).toBeLessThanOrEqual(budget.maxBytes);
            expect(
              overHighMark({ usedBytes: volume.usedBytes + more, freeBytes: volume.freeBytes - more }, one.input.rules),
            ).toBeLessThanOrEqual(0);
          }
          if (plan.refusal === undefined && unmetBytes > 0)
            expect(
              left.filter(
                (stored) =>
                  !stored.onlyCopy &&
                  !touches(one.protections, stored) &&
                  bytesIn(stored, volume?.trees ?? [], 'spare') > 0,
              ),
            ).toEqual([]);
          expect(spareBytes + heldBytes.protected + heldBytes.not_uploaded).toBeLessThanOrEqual(usedBytes);
        }
      }),
      RUNS,
    );
  });
});
