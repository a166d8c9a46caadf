import { z } from 'zod';

const bytes = z.number().nonnegative();

/**
 * How full a budget was when the janitor last looked. The janitor may remove `spare_bytes` to make room for others. The
 * rest is held, or is on its way to the store.
 */
const budgetView = z.object({
  budget_bytes: bytes,
  used_bytes: bytes,
  spare_bytes: bytes,
  /** A writer waits for this much, and the janitor may remove nothing more for it. */
  unmet_bytes: bytes,
  protected_bytes: bytes,
  not_uploaded_bytes: bytes,
  /**
   * How much of the protected and the not uploaded bytes people asked for by hand. Once this has half of the budget,
   * further requests are refused: they would not give way to what events make.
   */
  held_by_hand_bytes: bytes.optional(),
  /**
   * Where the budget shares a disk with footage, footage leaves it this much. Above it, clips or snapshots go before
   * footage.
   */
  share_bytes: bytes.optional(),
});
export type BudgetView = z.infer<typeof budgetView>;

/**
 * How much of the disk of RECORDINGS_DIR protections hold, and how much they may hold (PROTECT_MAX_PERCENT). Where the
 * limit is reached, footage that was recorded after its protection was made is no longer held. This says from which
 * instant on (seconds), and how much footage that is.
 */
export const protectedShare = z.object({
  protected_bytes: bytes,
  most_bytes: bytes,
  given_from: z.number().optional(),
  given_bytes: bytes.optional(),
});
export type ProtectedShare = z.infer<typeof protectedShare>;

/**
 * RECORDINGS_DIR/.budgets.json: what the janitor knows of the room that clips and snapshots have. The workers that make
 * them read here whether room will be made for more. `at` is in seconds: when it is older than a few passes, nobody
 * makes room.
 */
export const budgetsFile = z.object({
  at: z.number(),
  clips: budgetView.optional(),
  snapshots: budgetView.optional(),
  protections: protectedShare.optional(),
});
export type BudgetsFile = z.infer<typeof budgetsFile>;

/**
 * `.room-wanted.json` in CLIPS_DIR or SNAPSHOTS_DIR: its writer waits for this much room. The file is gone or old when
 * the writer waits no longer.
 */
export const roomWanted = z.object({ at: z.number(), wanted_bytes: bytes });
export type RoomWanted = z.infer<typeof roomWanted>;
