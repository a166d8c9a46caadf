/**
 * Decides what goes. It takes what is stored, and returns deletions in order with their reasons. It does no I/O and has
 * no clock of its own.
 *
 * 1. Nothing goes while the machine's clock cannot be right (clock-guard.ts).
 * 2. Three things never go: what is being written, what is held (holds.ts), and what has its only copy here.
 *    protected-room.ts bounds how much is held.
 * 3. By age (age.ts): a thing goes when it ended longer ago than its retention. Footage of events goes after
 *    `eventFootageMs`, where that is longer. More than half of a camera at once waits for a second look
 *    (second-look.ts).
 * 4. By quota (footage-room.ts): a camera with a limit loses its oldest footage without events, then its oldest.
 * 5. By budget (item-room.ts): clips and snapshots lose the oldest that others were told of. Footage never goes.
 * 6. For a writer that waits for room below the high mark (item-room.ts): its own kind loses the oldest that others
 *    were told of. Footage never goes.
 * 7. By space (space.ts), on a disk that is still too full: clips and snapshots first lose what lies above their share
 *    (shares.ts). Then footage gives what it would have to give with exactly these shares: the oldest without events,
 *    then the oldest. If that does not suffice, clips and snapshots go below their share.
 */
import { judgeClock } from '../clock-guard';
import { footageEndMs } from '../footage-days';
import { largestOf } from '@vr/base';
import type { RetentionInput, RetentionPlan } from './decision';
import { findAged, takeAged } from './age';
import { Draft } from './draft';
import { takeByQuota } from './footage-room';
import { takeByBudget, takeForWriter } from './item-room';
import { lookAgain } from './second-look';
import { makeRoom } from './space';

export function planRetention<P>(input: RetentionInput<P>): RetentionPlan<P> {
  const { nowMs, memory: before, budgets = [] } = input;
  const { refusal, memory } = judgeClock(nowMs, largestOf(input.footage.map(footageEndMs)), before);
  const draft = new Draft(input);
  if (refusal !== undefined)
    return {
      ...draft.outcome(),
      refusal,
      memory: { ...memory, announced: before.announced, ...(before.shares && { shares: before.shares }) },
    };
  const aged = findAged(draft);
  const { waiting, announced } = lookAgain(aged, before.announced, nowMs);
  takeAged(
    draft,
    aged.filter(({ group }) => !waiting.has(group)),
  );
  takeByQuota(draft);
  for (const budget of budgets) takeByBudget(draft, budget);
  for (const budget of budgets) takeForWriter(draft, budget);
  // A full plan makes room already. The last of the partial plans tells how much is missing.
  if (!draft.isFull) for (const volume of input.volumes) makeRoom(draft, volume);
  const waits = aged
    .filter(({ group }) => waiting.has(group))
    .map(({ group, expired, total }) => ({ group, expired, total }));
  const { rememberedShares: shares } = draft;
  return { ...draft.outcome(), announced: waits, memory: { ...memory, announced, ...(shares && { shares }) } };
}
