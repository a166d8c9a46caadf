/** What a plan is made from, and what it decides. */
import type { Budget, BudgetUse } from '../budgets';
import type { FootageDay } from '../footage-days';
import type { HoldReason, Holds } from '../holds';
import type { Shares } from '../shares';
import type { RetentionRules, StoredItem, StoredKind, Volume } from '../stored';
import type { Announcement } from './second-look';

/** `asked`: a person wants it gone. No plan decides that. */
export const DELETION_REASONS = ['age', 'quota', 'budget', 'space', 'asked'] as const;
export type DeletionReason = (typeof DELETION_REASONS)[number];

export interface Deletion<P = unknown> {
  kind: StoredKind;
  reason: DeletionReason;
  cameraId: string;
  startMs: number;
  endMs: number;
  /** All that goes, with its objects. */
  sizeBytes: number;
  item?: StoredItem<P>;
  /** For an item: whether all of it goes, or only what is spare. */
  parts?: 'all' | 'spare';
}

/** What the next pass must know. The janitor keeps it in a file. */
export interface RetentionMemory {
  seenMs?: number;
  doubtedUntilMs?: number;
  shares?: Shares;
  announced: Announcement[];
}

export interface RetentionInput<P = unknown> {
  nowMs: number;
  footage: readonly FootageDay[];
  items: readonly StoredItem<P>[];
  rules: RetentionRules;
  holds: Holds;
  volumes: readonly Volume[];
  /** For clips and snapshots. A kind without a budget has no bound. */
  budgets?: readonly Budget[];
  memory: RetentionMemory;
  /** At most so many deletions in one plan, to bound its memory. The next plan goes on with the rest. */
  most?: number;
}

export interface RetentionPlan<P = unknown> {
  deletions: Deletion<P>[];
  /** Tells a person why nothing is deleted. */
  refusal?: string;
  /** There is more to do than `most`. */
  isPartial: boolean;
  /** What waits for the second look: kind and camera, with the expired count and the total. */
  announced: { group: string; expired: number; total: number }[];
  /** Held bytes that age or a want of space would otherwise take. */
  heldBytes: Record<HoldReason, number>;
  /**
   * Bytes above the low mark that remain after everything that may go. Something else fills the disk, or what is held.
   */
  missingBytes: number;
  /**
   * Protected footage that is no longer held, because protections hold all that they may. It is absent where all of it
   * is held.
   */
  given?: { fromMs: number; bytes: number };
  /** The same for protected clips and snapshots. */
  givenItemBytes: number;
  /** How full each budget is after the plan was carried out. */
  budgets: BudgetUse[];
  memory: RetentionMemory;
}
