/** What is stored, on which disks, and how long the rules keep it. */

export const STORED_KINDS = [
  'footage',
  'notes',
  'quarantine',
  'clip',
  'snapshot',
  'clip_object',
  'snapshot_object',
  'export',
] as const;
export type StoredKind = (typeof STORED_KINDS)[number];
/** `objects`: the folder of the local object store. */
export type Tree = 'recordings' | 'clips' | 'snapshots' | 'objects';

/** One stored thing that is not footage. Only the code that deletes it reads `place`. */
export interface StoredItem<P = unknown> {
  kind: Exclude<StoredKind, 'footage' | 'notes'>;
  cameraId: string;
  /** The time that it shows. For an instant, both are the same. */
  startMs: number;
  endMs: number;
  /** Its age counts from here: when it was made, as an object store counts. */
  agedFromMs: number;
  /** What it takes in its own tree. */
  sizeBytes: number;
  /** The tree whose room it takes. An object of a server takes none. */
  tree?: Tree;
  /** What its objects take in the local object store, beside `sizeBytes`. It is 0 where a server keeps them. */
  objectBytes: number;
  /** The object store does not have this clip yet. */
  onlyCopy: boolean;
  /** The parts of `sizeBytes` and `objectBytes` that a want of room may take: 0 until others were told of the item. */
  spareBytes: number;
  spareObjectBytes: number;
  /** The whole item may go where nothing else is left to take: no footage and no event depends on its record. */
  wholeMayGo: boolean;
  /** Somebody asked for it; no event made it. */
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
  /**
   * Protections may hold this part of the footage's disk, and of each budget (protected-room.ts). Without it they may
   * hold all.
   */
  protectPercent?: number;
}

export interface Volume {
  trees: readonly Tree[];
  usedBytes: number;
  freeBytes: number;
}
