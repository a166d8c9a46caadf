/** What retention decides on, by which rules, and what comes out. */
import type { Budget, BudgetUse } from './budgets';
import type { FootageDay } from './footage-days';
import type { HoldReason, Holds } from './holds';
import type { Announcement } from './plan/second-look';
import type { Shares } from './shares';

export type StoredKind = 'footage' | 'notes' | 'quarantine' | 'clip' | 'snapshot' | 'clip_object' | 'snapshot_object';
export type DeletionReason = 'age' | 'quota' | 'budget' | 'space';
/** `objects`: the folder of the local object store. */
export type Tree = 'recordings' | 'clips' | 'snapshots' | 'objects';

/** Whatever is not footage, one by one. `place` is for whoever deletes it and means nothing here. */
export interface StoredItem<P = unknown> {
  kind: Exclude<StoredKind, 'footage' | 'notes'>;
  cameraId: string;
  /** The time that it shows; an instant where both are the same. */
  startMs: number;
  endMs: number;
  /** From here its age counts: when it was made, as an object store counts. */
  agedFromMs: number;
  /** In its tree. */
  sizeBytes: number;
  /** The tree that it takes room of; an object of a server takes none. */
  tree?: Tree;
  /** Its objects in the folder of the local object store, beside `sizeBytes`; 0 where a server keeps them. */
  objectBytes: number;
  /** A clip that is not in the object store yet. */
  onlyCopy: boolean;
  /** What may go of it for want of room, of `sizeBytes` and of `objectBytes`: nothing before others were told of it. */
  spareBytes: number;
  spareObjectBytes: number;
  /** Where nothing else is left to go, all of it may: no footage and no event is known by its record. */
  wholeMayGo: boolean;
  /** Asked for by somebody, not made of an event. */
  byHand: boolean;
  place: P;
}

export interface RetentionRules {
  footageMs: number;
  footageMsByCamera: ReadonlyMap<string, number>;
  eventFootageMs: number;
  maxBytesByCamera: ReadonlyMap<string, number>;
  clipMs: number;
  snapshotMs: number;
  highPercent: number;
  lowPercent: number;
  minFreeBytes: number;
  /** Of the footage's disk, and of each budget, that protections may hold (protected-room.ts); without it, all. */
  protectPercent?: number;
}

export interface Volume {
  trees: readonly Tree[];
  usedBytes: number;
  freeBytes: number;
}

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
