/**
 * A tree {root}/{camera}/{day}/ that is looked at again and again. A folder is read anew only when its change time says
 * that a name in it came or went. Symbolic links, and names that are no camera's or day's, are passed over. So is a
 * folder that cannot be read, because one camera's must not stop the others; `unreadable` names it.
 *
 * The file system is asked synchronously, in short pieces with other work between them: a million calls through Node's
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

/** A camera's folder that the system does not let us read. */
export interface UnreadableFolder {
  cameraId: string;
  path: string;
  /** As in `EACCES`. */
  code: string;
}

/** What a reader makes of a folder. `before` is what it made of it last time, so that it asks only for what is new. */
export type FolderReader<T> = (folder: DayFolder, names: string[], before: T | undefined) => T;

/** Such a young folder is read again: a change within one tick of the file system's clock does not show. */
const TICK_MS = 2000;
/** About 10 ms of work. */
const CALLS_AT_ONCE = 2000;

interface Known<T> {
  changedMs: number;
  content: T;
}

export class DayFolders<T> {
  private known = new Map<string, Known<T>>();
  private reading: Promise<T[]> | undefined;
  private failed: UnreadableFolder[] = [];

  /** `again` asks anew what can change in a known folder although no name does: files grow. */
  constructor(
    private readonly root: string,
    private readonly clock: Clock,
    private readonly read: FolderReader<T>,
    private readonly again: (content: T, folder: DayFolder) => void = () => undefined,
  ) {}

  /** The folders that the last look could not read. What is in them is unknown, not absent. */
  get unreadable(): readonly UnreadableFolder[] {
    return this.failed;
  }

  /** Callers at the same time share one look. Throws where the root itself cannot be read. */
  refresh(): Promise<T[]> {
    this.reading ??= this.look().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async look(): Promise<T[]> {
    const found = new Map<string, Known<T>>();
    const failed: UnreadableFolder[] = [];
    let calls = 0;
    for (const cameraId of folderNames(this.root).filter((name) => cameraIdSchema.safeParse(name).success)) {
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

function readable<R>(cameraId: string, path: string, failed: UnreadableFolder[], read: () => R): R | undefined {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error; // not the system's
    failed.push({ cameraId, path, code });
    return undefined;
  }
}

/** Real folders; none where the folder itself is not there. */
function folderNames(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    return noneWhereNothingIs(error);
  }
}
