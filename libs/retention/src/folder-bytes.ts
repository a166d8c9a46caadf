import { join } from 'node:path';
import { type Clock, plainFile } from '@vr/base';
import { DayFolders } from '@vr/library';

/** Adds up the files of a tree {root}/{camera}/{day}/. A folder is added up anew only after it changed. */
export class FolderBytes {
  private readonly folders: DayFolders<number>;

  constructor(root: string, clock: Clock) {
    this.folders = new DayFolders(root, clock, ({ path }, names) =>
      names.reduce((bytes, name) => bytes + (plainFile(join(path, name))?.size ?? 0), 0),
    );
  }

  async sum(): Promise<number> {
    return (await this.folders.refresh()).reduce((all, bytes) => all + bytes, 0);
  }
}
