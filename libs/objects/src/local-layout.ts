/** Where the local store keeps things below OBJECTS_DIR. */

/** Names that begin with a dot are ours, because no bucket and no key has one. */
export const TEMPORARY_DIR = '.tmp';
const SIDECAR_DIR = '.meta';

/**
 * The files of an object below OBJECTS_DIR. They are removed in this order, because a sidecar without its object says
 * nothing.
 */
export function localObjectFiles(bucket: string, key: string): { sidecar: string; object: string } {
  return { sidecar: `${SIDECAR_DIR}/${bucket}/${key}.json`, object: `${bucket}/${key}` };
}

/** Our part of a bucket begins here, below OBJECTS_DIR. */
export function localBucket(bucket: string, prefix: string | undefined): string {
  return prefix === undefined ? bucket : `${bucket}/${prefix}`;
}

/** The two trees of {camera}/{day}/ of a bucket: one holds its objects, one their sidecars. */
export function localObjectFolders(bucket: string, prefix: string | undefined): string[] {
  return [localBucket(bucket, prefix), `${SIDECAR_DIR}/${localBucket(bucket, prefix)}`];
}
