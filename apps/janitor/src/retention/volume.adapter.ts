import { stat, statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { DiskSpace } from './retention-plan';

export interface Volume extends DiskSpace {
  /** What this process may still write. */
  freeBytes: number;
  /** The same number for the same file system. */
  device: number;
}

/** The file systems that our folders lie on. */
@Injectable()
export class VolumeAdapter {
  /** Counted as `df` does: what is reserved for root is neither used nor free. undefined where the folder is not there. */
  async read(folder: string): Promise<Volume | undefined> {
    try {
      const [{ blocks, bfree, bavail, bsize }, { dev }] = await Promise.all([statfs(folder), stat(folder)]);
      const usedBytes = (blocks - bfree) * bsize;
      const freeBytes = bavail * bsize;
      return { usedBytes, freeBytes, totalBytes: usedBytes + freeBytes, device: dev };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
