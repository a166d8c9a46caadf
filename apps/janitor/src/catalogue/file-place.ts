import type { Tree } from '@vr/retention';

/** Where the files of a stored item lie, for whoever deletes them. */
export interface FilePlace {
  tree: Tree;
  /**
   * Relative to the tree, in the order of deletion. The record goes last: it still names what a crash left half
   * deleted.
   */
  paths: string[];
  /**
   * What a want of room takes. The record stays: it is small, and it says where the object is and when an event was.
   */
  sparePaths: string[];
  /** The objects of the item in the local store, below OBJECTS_DIR. They go with `paths` and with `sparePaths`. */
  objectPaths: string[];
}
