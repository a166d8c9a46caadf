import { stat, statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Tree, Volume } from '@vr/footage';
import { CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';

export const TREES = ['recordings', 'clips', 'snapshots'] as const satisfies Tree[];

/** The file systems that our folders lie on. */
@Injectable()
export class VolumeAdapter {
  private readonly folders: Record<Tree, string>;

  constructor(@Inject(CONFIG) config: Pick<JanitorConfig, 'RECORDINGS_DIR' | 'CLIPS_DIR' | 'SNAPSHOTS_DIR'>) {
    this.folders = { recordings: config.RECORDINGS_DIR, clips: config.CLIPS_DIR, snapshots: config.SNAPSHOTS_DIR };
  }

  folderOf(tree: Tree): string {
    return this.folders[tree];
  }

  /** Each file system once, with those of our folders that it holds. A folder that is not there is in none. */
  async all(): Promise<Volume[]> {
    const byDevice = new Map<number, Volume>();
    for (const tree of TREES) {
      const found = await this.read(tree);
      if (!found) continue;
      const { device, ...space } = found;
      byDevice.set(device, { ...space, trees: [...(byDevice.get(device)?.trees ?? []), tree] });
    }
    return [...byDevice.values()];
  }

  /** Counted as `df` does: what is reserved for root is neither used nor free. */
  private async read(tree: Tree): Promise<(Omit<Volume, 'trees'> & { device: number }) | undefined> {
    try {
      const [{ blocks, bfree, bavail, bsize }, { dev }] = await Promise.all([statfs(this.folders[tree]), stat(this.folders[tree])]);
      return { usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize, device: dev };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
