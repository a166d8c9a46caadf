/** What a plan is made from, and what it decides. */
import type { Budget, BudgetUse } from '../budgets';
import type { FootageDay } from '../footage-days';
import type { HoldReason, Holds } from '../holds';
import type { Shares } from '../shares';
import type { RetentionRules, StoredItem, StoredKind, Volume } from '../stored';
import type { Announcement } from './second-look';

export type DeletionReason = 'age' | 'quota' | 'budget' | 'space';

export interface Deletion<P = unknown> {
  kind: StoredKind;
  reason: DeletionReason;
  cameraId: string;
  startMs: number;
  endMs: number;
  /** All that goes, objects too. */
  sizeBytes: number;
  item?: StoredItem<P>;
  /** Of an item: all of it, or what is spare. */
  parts?: 'all' | 'spare';
}

/** What the next pass must know; kept in a file. */
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
  /** Of clips and snapshots; a kind without one is not bounded. */
  budgets?: readonly Budget[];
  memory: RetentionMemory;
  /** At most so many deletions in one plan; the next one goes on with the rest. Bounds its memory. */
  most?: number;
}

export interface RetentionPlan<P = unknown> {
  deletions: Deletion<P>[];
  /** Why nothing is deleted, for a person. */
  refusal?: string;
  /** There is more to do than `most`. */
  isPartial: boolean;
  /** What waits for the second look: kind and camera, how much of how much. */
  announced: { group: string; expired: number; total: number }[];
  /** Bytes past their retention, or in the way of space, that are held. */
  heldBytes: Record<HoldReason, number>;
  /**
   * Still above the low mark after all that may go has gone: the disk is full of something else, or of what is held.
   */
  missingBytes: number;
  /**
   * Of protected footage, what is not held any more because protections hold their most; absent where all of it is
   * held.
   */
  given?: { fromMs: number; bytes: number };
  /** Of protected clips and snapshots, the same. */
  givenItemBytes: number;
  /** How full each budget is once the plan is carried out. */
  budgets: BudgetUse[];
  memory: RetentionMemory;
}
