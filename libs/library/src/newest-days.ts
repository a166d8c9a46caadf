/**
 * Lists clips and snapshots in the order that people and outboxes want: the newest day first. It reads no more days
 * than the caller asks for.
 */
import { confinedPath, joinNames, listFolder, OutsideRootError, utcDay } from '@vr/base';
import { cameraId as cameraIdSchema, isDay, objectKey, type ClipFileKind, type ObjectKey } from '@vr/contracts';
import type { DayFolder } from './day-folders';
import { parseStoredName, type LibraryKind, type StoredName } from './stored-name';

export interface LibraryRange {
  cameraId?: string;
  beforeMs?: number;
  sinceMs?: number;
  /** Only cameras of which it says so. */
  sees?: (cameraId: string) => boolean;
}

export interface StoredEntry extends StoredName {
  cameraId: string;
  path: string;
  /** The name in the store. It is the same as on disk. */
  key: ObjectKey;
}

/** The day folders of a library, the newest day first. `tell` hears of folders that a link leads out of the library. */
export async function newestDays(
  root: string,
  { cameraId, beforeMs, sinceMs, sees = () => true }: LibraryRange = {},
  tell: (reason: string) => void = () => undefined,
): Promise<DayFolder[]> {
  const isCamera = (name: string): boolean => cameraIdSchema.safeParse(name).success;
  const cameras = cameraId === undefined ? (await listFolder(root)).filter(isCamera) : [cameraId];
  const first = sinceMs === undefined ? '' : utcDay(sinceMs);
  const last = beforeMs === undefined ? '9999' : utcDay(beforeMs);
  const found: DayFolder[] = [];
  for (const camera of cameras.filter((camera) => sees(camera))) {
    for (const day of (await listInside(root, [camera], tell)).filter(isDay)) {
      if (day < first || day > last) continue;
      const path = await confinedPath(root, camera, day).catch((error: unknown) => passOver(error, tell));
      if (path !== undefined) found.push({ cameraId: camera, day, path });
    }
  }
  return found.sort((a, b) => b.day.localeCompare(a.day));
}

/** The files of a library with this extension, one day at a time, the newest day first. A day has no order. */
export async function* newestEntries(
  root: string,
  kind: LibraryKind,
  extension: ClipFileKind,
  range: LibraryRange,
): AsyncGenerator<StoredEntry[]> {
  const folders = await newestDays(root, range);
  for (let from = 0, to = 0; from < folders.length; from = to) {
    while (folders[to]?.day === folders[from]?.day) to += 1;
    const ofDay = folders.slice(from, to).map((folder) => entriesIn(folder, kind, extension));
    yield (await Promise.all(ofDay)).flat();
  }
}

/** The names of `kind` in the folder of a day. */
export async function storedNames({ cameraId, day, path }: DayFolder, kind: LibraryKind): Promise<StoredName[]> {
  return (await listFolder(path)).flatMap((name) => parseStoredName(kind, name, cameraId, day) ?? []);
}

async function entriesIn(folder: DayFolder, kind: LibraryKind, extension: ClipFileKind): Promise<StoredEntry[]> {
  const { cameraId, day, path } = folder;
  const names = (await storedNames(folder, kind)).filter((name) => name.extension === extension);
  return names.flatMap((name) => {
    const fileName = `${name.id}.${extension}`;
    // A file whose name cannot be an object's key is not ours.
    const key = objectKey.safeParse(`${cameraId}/${day}/${fileName}`).data;
    return key === undefined ? [] : { ...name, cameraId, key, path: joinNames(path, fileName) };
  });
}

async function listInside(root: string, names: string[], tell: (reason: string) => void): Promise<string[]> {
  const path = await confinedPath(root, ...names).catch((error: unknown) => passOver(error, tell));
  return path === undefined ? [] : listFolder(path);
}

function passOver(error: unknown, tell: (reason: string) => void): undefined {
  if (!(error instanceof OutsideRootError)) throw error;
  tell(error.message);
}
