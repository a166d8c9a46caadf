import { lstat, readdir, readFile, realpath, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { cameraId as cameraIdSchema, clipRecord, utcDay } from '@vr/contracts';
import { parseSegmentName } from '@vr/footage';
import { CONFIG } from '@vr/service';
import type { JanitorConfig } from '../config';
import type { Stored } from './retention-plan';
import { parseClipName, parseSnapshotName, type StoredName } from './stored-names';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const GAPS_FILE = 'gaps.jsonl';

export type Tree = 'recordings' | 'clips' | 'snapshots';
/** A file by its parts, never by a path: a path is only made, and checked, when the file is deleted. */
export interface FilePlace {
  tree: Tree;
  cameraId: string;
  day: string;
  fileName: string;
}
interface DayFolder {
  tree: Tree;
  cameraId: string;
  day: string;
  path: string;
}
type StoredFile = Stored<FilePlace>;

/**
 * The three trees {root}/{camera}/{day}/{file} as they are on the disk. It sees real folders and plain files with names
 * that we give, and passes over everything else: symbolic links, foreign names, files in other places.
 */
@Injectable()
export class CatalogueAdapter {
  private readonly roots: Record<Tree, string>;
  /** A closed segment never changes, so its size is asked for once. By path. */
  private closedSizes = new Map<string, number>();

  constructor(@Inject(CONFIG) config: Pick<JanitorConfig, 'RECORDINGS_DIR' | 'CLIPS_DIR' | 'SNAPSHOTS_DIR'>) {
    this.roots = { recordings: config.RECORDINGS_DIR, clips: config.CLIPS_DIR, snapshots: config.SNAPSHOTS_DIR };
  }

  folderOf(tree: Tree): string {
    return this.roots[tree];
  }

  async readFootage(): Promise<StoredFile[]> {
    const sizes = new Map<string, number>();
    const stored = await this.readTree('recordings', async (folder, fileName) => {
      if (fileName === GAPS_FILE) return this.readGapsFile(folder);
      const name = parseSegmentName(fileName);
      if (name?.cameraId !== folder.cameraId || utcDay(name.startMs) !== folder.day) return undefined;
      const path = join(folder.path, fileName);
      const sizeBytes = (name.durationMs === undefined ? undefined : this.closedSizes.get(path)) ?? (await plainFile(path))?.size;
      if (sizeBytes === undefined) return undefined;
      if (name.durationMs !== undefined) sizes.set(path, sizeBytes);
      const endMs = name.durationMs === undefined ? undefined : name.startMs + name.durationMs;
      return { ...inFolder(folder, fileName), kind: 'footage', startMs: name.startMs, endMs, sizeBytes, onRecordingsDisk: true, whenFull: 'first' };
    });
    this.closedSizes = sizes;
    return stored;
  }

  /** `readStates`: whether to open each clip's record, which only the want of space asks for. */
  async readClips(o: { onRecordingsDisk: boolean; readStates: boolean }): Promise<StoredFile[]> {
    return this.readTree('clips', async (folder, fileName) => {
      const name = parseClipName(fileName, folder.cameraId, folder.day);
      const stored = name && (await this.readNamed(folder, fileName, name, 'clip'));
      if (!stored) return undefined;
      // The record and the thumbnail stay when space is short: they are small, and say where the object is.
      const spare = o.readStates && name.extension === 'mp4' && (await isInObjectStore(join(folder.path, fileName)));
      return { ...stored, onRecordingsDisk: o.onRecordingsDisk, whenFull: spare ? 'last' : 'never' };
    });
  }

  async readSnapshots(o: { onRecordingsDisk: boolean }): Promise<StoredFile[]> {
    return this.readTree('snapshots', async (folder, fileName) => {
      const name = parseSnapshotName(fileName, folder.cameraId, folder.day);
      const stored = name && (await this.readNamed(folder, fileName, name, 'snapshot'));
      return stored && { ...stored, onRecordingsDisk: o.onRecordingsDisk };
    });
  }

  /** @returns whether it was there. Throws where its folder is not, or no longer, what the catalogue saw. */
  async remove({ tree, cameraId, day, fileName }: FilePlace): Promise<boolean> {
    const root = await realpath(this.roots[tree]);
    const folder = join(root, cameraId, day);
    try {
      if ((await realpath(folder)) !== folder) throw new Error(`${folder} leads elsewhere: nothing is deleted there`);
      const path = join(folder, fileName);
      if (!(await plainFile(path))) return false;
      await unlink(path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** Only days that are over for long: a writer may just have made the folder of today, and be about to use it. */
  async removeEmptyDays(nowMs: number): Promise<void> {
    const before = utcDay(nowMs - DAY_MS);
    for (const tree of ['recordings', 'clips', 'snapshots'] as const) {
      for (const { day, path } of await this.dayFolders(tree)) {
        if (day < before) await rmdir(path).catch(() => undefined); // not empty, or gone already
      }
    }
  }

  /** The notes on a day's interruptions go when the day, and the last interruption written there, are old enough. */
  private async readGapsFile(folder: DayFolder): Promise<StoredFile | undefined> {
    const found = await plainFile(join(folder.path, GAPS_FILE));
    const startMs = Date.parse(folder.day);
    return (
      found && {
        ...inFolder(folder, GAPS_FILE),
        kind: 'footage',
        startMs,
        endMs: Math.max(startMs + DAY_MS, found.mtimeMs),
        sizeBytes: found.size,
        onRecordingsDisk: true,
        whenFull: 'never',
      }
    );
  }

  /** Age counts from when it was made, like an object's in the store: a clip of old footage is not old. */
  private async readNamed(folder: DayFolder, fileName: string, { timestampMs }: StoredName, kind: 'clip' | 'snapshot'): Promise<StoredFile | undefined> {
    const found = await plainFile(join(folder.path, fileName));
    return (
      found && {
        ...inFolder(folder, fileName),
        kind,
        startMs: timestampMs,
        endMs: Math.max(timestampMs, found.mtimeMs),
        sizeBytes: found.size,
        onRecordingsDisk: false,
        whenFull: 'never',
      }
    );
  }

  private async readTree(tree: Tree, read: (folder: DayFolder, fileName: string) => Promise<StoredFile | undefined>): Promise<StoredFile[]> {
    const stored: StoredFile[] = [];
    for (const folder of await this.dayFolders(tree)) {
      const names = await entriesOf(folder.path, 'file');
      // A clip's record goes last, so that what a crash leaves half deleted is still known.
      names.sort((a, b) => Number(a.endsWith('.json')) - Number(b.endsWith('.json')));
      for (const fileName of names) {
        const found = await read(folder, fileName);
        if (found) stored.push(found);
      }
    }
    return stored;
  }

  private async dayFolders(tree: Tree): Promise<DayFolder[]> {
    const folders: DayFolder[] = [];
    for (const cameraId of await entriesOf(this.roots[tree], 'folder')) {
      if (!cameraIdSchema.safeParse(cameraId).success) continue;
      for (const day of await entriesOf(join(this.roots[tree], cameraId), 'folder')) {
        if (DAY.test(day) && Number.isFinite(Date.parse(day))) folders.push({ tree, cameraId, day, path: join(this.roots[tree], cameraId, day) });
      }
    }
    return folders;
  }
}

function inFolder({ tree, cameraId, day }: DayFolder, fileName: string): { cameraId: string; place: FilePlace } {
  return { cameraId, place: { tree, cameraId, day, fileName } };
}

/** Names in a folder, links left out; none where the folder is not there. */
async function entriesOf(folder: string, wanted: 'file' | 'folder'): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => (wanted === 'file' ? entry.isFile() : entry.isDirectory())).map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** undefined where there is none, or a link or folder of that name. */
async function plainFile(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isInObjectStore(clipPath: string): Promise<boolean> {
  try {
    const record = clipRecord.safeParse(JSON.parse(await readFile(clipPath.replace(/\.mp4$/, '.json'), 'utf8')));
    return record.success && (record.data.state === 'uploaded' || record.data.state === 'announced');
  } catch {
    return false; // no record, or none that can be read: better keep the clip
  }
}
