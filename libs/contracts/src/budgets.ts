import { z } from 'zod';

const bytes = z.number().nonnegative();

/**
 * How full a budget is, as the janitor saw it last. `spare_bytes` may go to make room for others; the rest is held, or
 * on its way.
 */
export const budgetView = z.object({
  budget_bytes: bytes,
  used_bytes: bytes,
  spare_bytes: bytes,
  /** What a writer waits for, and nothing more may go for. */
  unmet_bytes: bytes,
  protected_bytes: bytes,
  not_uploaded_bytes: bytes,
  /**
   * Of both, what was asked for by hand: more of that is refused where it has half of the budget, because it would not
   * go for what events make.
   */
  held_by_hand_bytes: bytes.optional(),
  /**
   * What of the disk that it shares with footage footage keeps clear of; above it, clips or snapshots go before
   * footage.
   */
  share_bytes: bytes.optional(),
});
export type BudgetView = z.infer<typeof budgetView>;

/**
 * What of the disk of RECORDINGS_DIR protections hold, and may hold (PROTECT_MAX_PERCENT). Where that is not enough:
 * from which instant (seconds) footage is held no more that was recorded after its protection was made, and how much of
 * it there is.
 */
export const protectedShare = z.object({
  protected_bytes: bytes,
  most_bytes: bytes,
  given_from: z.number().optional(),
  given_bytes: bytes.optional(),
});
export type ProtectedShare = z.infer<typeof protectedShare>;

/**
 * RECORDINGS_DIR/.budgets.json: what the janitor knows of the room that clips and snapshots have. Whoever makes them
 * decides by it whether room will be made for more. `at`, in seconds: older than some passes, nobody makes room.
 */
export const budgetsFile = z.object({
  at: z.number(),
  clips: budgetView.optional(),
  snapshots: budgetView.optional(),
  protections: protectedShare.optional(),
});
export type BudgetsFile = z.infer<typeof budgetsFile>;

/**
 * `.room-wanted.json` in CLIPS_DIR or SNAPSHOTS_DIR: its writer waits for so much room. Gone, or old, where it does not
 * any more.
 */
export const roomWanted = z.object({ at: z.number(), wanted_bytes: bytes });
export type RoomWanted = z.infer<typeof roomWanted>;
