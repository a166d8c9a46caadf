import { Inject, Injectable } from '@nestjs/common';
import { readSpace, type Tree, type Volume } from '@vr/retention';
import { CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';

/** The trees that consist of {camera}/{day}/ folders. */
export const TREES = ['recordings', 'clips', 'snapshots'] as const satisfies Tree[];

/** The file systems that our folders lie on. */
@Injectable()
export class Volumes {
  /** Whether the object store is a folder of ours. */
  readonly hasObjects: boolean;
  private readonly folders: Record<Tree, string>;

  constructor(
    @Inject(CONFIG)
    config: Pick<JanitorConfig, 'RECORDINGS_DIR' | 'CLIPS_DIR' | 'SNAPSHOTS_DIR' | 'OBJECTS_DIR' | 'MINIO_ENDPOINT'>,
  ) {
    this.hasObjects = config.MINIO_ENDPOINT === undefined;
    this.folders = {
      recordings: config.RECORDINGS_DIR,
      clips: config.CLIPS_DIR,
      snapshots: config.SNAPSHOTS_DIR,
      objects: config.OBJECTS_DIR,
    };
  }

  folderOf(tree: Tree): string {
    return this.folders[tree];
  }

  /** Each file system once, with our folders on it. A folder that does not exist is on none. */
  async all(): Promise<Volume[]> {
    const byDevice = new Map<number, Volume>();
    const trees: readonly Tree[] = this.hasObjects ? [...TREES, 'objects'] : TREES;
    for (const tree of trees) {
      const found = await readSpace(this.folders[tree]);
      if (!found) continue;
      const { device, ...space } = found;
      byDevice.set(device, { ...space, trees: [...(byDevice.get(device)?.trees ?? []), tree] });
    }
    return [...byDevice.values()];
  }
}
