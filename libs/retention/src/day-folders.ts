/**
 * A tree {root}/{camera}/{day}/ that is looked at again and again: a folder is read anew only when its change time says
 * that a name in it came or went. Symbolic links and names that are no camera's or day's are passed over; so is a
 * folder that cannot be read, which is said: one camera's must not stop the others.
 *
 * Calls into the file system are synchronous, in short pieces: a million of them through Node's thread pool take four
 * times as long. Between the pieces other work goes on.
 */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as others } from 'node:timers/promises';
import { joinNames, type Clock } from '@vr/base';
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

/**
 * What a reader makes of a folder. `before` is what it made of the folder last time, so that it asks only for what is
 * new.
 */
export type FolderReader<T> = (folder: DayFolder, names: string[], before: T | undefined) => T;

/**
 * A change within the same tick of the file system's clock as our look would not show: such a young folder is read
 * again.
 */
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

  /** `again`: what of a known folder has to be asked anew although no name changed (files that grow). */
  constructor(
    private readonly root: string,
    private readonly clock: Clock,
    private readonly read: FolderReader<T>,
    private readonly again: (content: T, folder: DayFolder) => void = () => undefined,
  ) {}

  /** In the last look. What is in them is unknown, not absent. */
  get unreadable(): readonly UnreadableFolder[] {
    return this.failed;
  }

  /** Calls at the same time share one look. Throws where the root itself cannot be read. */
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
    const changedMs = statOf(folder.path)?.ctimeMs;
    if (changedMs === undefined) return undefined;
    if (before?.changedMs === changedMs) {
      this.again(before.content, folder);
      return { known: before, calls: 1 };
    }
    const names = namesIn(folder.path);
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
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error; // not the system's
    failed.push({ cameraId, path, code });
    return undefined;
  }
}

/** undefined where there is nothing, or a symbolic link, which is not ours. */
export function plainFile(path: string): Stats | undefined {
  const found = statOf(path);
  return found?.isFile() ? found : undefined;
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Real folders; none where the folder itself is not there. */
function folderNames(path: string): string[] {
  return absentAsEmpty(() =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  );
}

function namesIn(path: string): string[] {
  return absentAsEmpty(() => readdirSync(path));
}

function absentAsEmpty(list: () => string[]): string[] {
  try {
    return list();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
