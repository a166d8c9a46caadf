/**
 * Looks at a tree {root}/{camera}/{day}/ again and again. A folder is read anew only when its change time says that a
 * name came or went. Symbolic links are passed over, and so are names of no camera or day. A folder that cannot be read
 * is passed over too, because one camera must not stop the others. `unreadable` names it.
 *
 * It asks the file system synchronously, in short pieces with other work between them. A million calls through Node's
 * thread pool take four times as long.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { setImmediate as others } from 'node:timers/promises';
import { errorCode, joinNames, listFolderSync, noneWhereNothingIs, type Clock } from '@vr/base';
import { cameraId as cameraIdSchema, isDay, type Day } from '@vr/contracts';

export interface DayFolder {
  cameraId: string;
  day: Day;
  path: string;
}

/** A folder of a camera that the system does not let us read. */
export interface UnreadableFolder {
  cameraId: string;
  path: string;
  /** As in `EACCES`. */
  code: string;
}

/** Reads a folder. `before` is its last result, so that the reader asks only for what is new. */
export type FolderReader<T> = (folder: DayFolder, names: string[], before: T | undefined) => T;

/** A folder that changed so lately is read again: a change within one tick of the file system's clock does not show. */
const TICK_MS = 2000;
/** So many calls take about 10 ms. */
const CALLS_AT_ONCE = 2000;

interface Known<T> {
  changedMs: number;
  content: T;
}

export class DayFolders<T> {
  private known = new Map<string, Known<T>>();
  private reading: Promise<T[]> | undefined;
  private failed: UnreadableFolder[] = [];

  /**
   * `isOurs` tells the folders of cameras by their names.
   * `again` asks anew what can change in a folder whose names stay the same: files grow.
   */
  constructor(
    private readonly root: string,
    private readonly clock: Clock,
    private readonly read: FolderReader<T>,
    private readonly again: (content: T, folder: DayFolder) => void = () => undefined,
    private readonly isOurs: (name: string) => boolean = isCamera,
  ) {}

  /** The folders that the last look could not read. What is in them is unknown, not absent. */
  get unreadable(): readonly UnreadableFolder[] {
    return this.failed;
  }

  /** Callers at the same time share one look. It throws where the root itself cannot be read. */
  refresh(): Promise<T[]> {
    this.reading ??= this.look().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async look(): Promise<T[]> {
    const found = new Map<string, Known<T>>();
    const failed: UnreadableFolder[] = [];
    let calls = 0;
    for (const cameraId of folderNames(this.root).filter(this.isOurs)) {
      const path = joinNames(this.root, cameraId);
      for (const day of readable(cameraId, path, failed, () => folderNames(path).filter(isDay)) ?? []) {
        const folder = { cameraId, day, path: joinNames(path, day) };
        const now = readable(cameraId, folder.path, failed, () => this.lookAt(folder, this.known.get(folder.path)));
        if (now) found.set(folder.path, now.known);
        calls += now?.calls ?? 1;
        if (calls < CALLS_AT_ONCE) continue;
        calls = 0;
        await others();
      }
    }
    this.known = found;
    this.failed = failed;
    return Array.from(found.values(), ({ content }) => content);
  }

  private lookAt(folder: DayFolder, before: Known<T> | undefined): { known: Known<T>; calls: number } | undefined {
    const changedMs = lstatSync(folder.path, { throwIfNoEntry: false })?.ctimeMs;
    if (changedMs === undefined) return undefined;
    if (before?.changedMs === changedMs) {
      this.again(before.content, folder);
      return { known: before, calls: 1 };
    }
    const names = listFolderSync(folder.path);
    const settled = this.clock.nowMs() - changedMs > TICK_MS;
    return {
      known: { changedMs: settled ? changedMs : NaN, content: this.read(folder, names, before?.content) },
      calls: 3 + names.length,
    };
  }
}

function isCamera(name: string): boolean {
  return cameraIdSchema.safeParse(name).success;
}

function readable<R>(cameraId: string, path: string, failed: UnreadableFolder[], read: () => R): R | undefined {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error; // not an error of the system
    failed.push({ cameraId, path, code });
    return undefined;
  }
}

/** The real folders in a folder. There are none where the folder itself does not exist. */
function folderNames(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    return noneWhereNothingIs(error);
  }
}
