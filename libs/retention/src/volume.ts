import { stat, statfs } from 'node:fs/promises';
import { errorCode } from '@vr/base';

/** A file system, counted as `df` does: blocks that are reserved for root are neither used nor free. */
export interface Space {
  usedBytes: number;
  freeBytes: number;
  /** The same for folders on the same disk. */
  device: number;
}

/** The space on the folder's disk. It is undefined where the folder does not exist. */
export async function readSpace(folder: string): Promise<Space | undefined> {
  try {
    const [{ blocks, bfree, bavail, bsize }, { dev }] = await Promise.all([statfs(folder), stat(folder)]);
    return { usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize, device: dev };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
