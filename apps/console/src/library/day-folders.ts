/**
 * Both libraries lie the same way on disk: FOLDER/{camera}/{YYYY-MM-DD}/{name}, the newest day read first and no more
 * than is asked for.
 */
import { readdir } from 'node:fs/promises';
import { confinedPath, joinNames, OutsideRootError, utcDay } from '@vr/base';
import { cameraId as cameraIdSchema, isDay, objectKey, type Day, type ObjectKey } from '@vr/contracts';

export interface ShelfEntry {
  cameraId: string;
  day: string;
  fileName: string;
  path: string;
  /** In the store it is called as on the disk. */
  key: ObjectKey;
}

export interface ShelfRange {
  cameraId?: string;
  beforeMs?: number;
  sinceMs?: number;
}

/** Entries of one day after another, newest day first; inside a day in no order. */
export async function* daysOf(
  folder: string,
  extension: string,
  { cameraId, beforeMs, sinceMs }: ShelfRange,
): AsyncGenerator<ShelfEntry[]> {
  const cameras =
    cameraId === undefined
      ? (await names(folder)).filter((name) => cameraIdSchema.safeParse(name).success)
      : [cameraId];
  const byDay = new Map<Day, string[]>();
  for (const camera of cameras) {
    for (const day of (await names(folder, camera)).filter(isDay)) byDay.set(day, [...(byDay.get(day) ?? []), camera]);
  }
  const first = sinceMs === undefined ? '' : utcDay(sinceMs);
  const last = beforeMs === undefined ? '9999' : utcDay(beforeMs);
  for (const day of [...byDay.keys()]
    .filter((name) => name >= first && name <= last)
    .sort()
    .reverse()) {
    const entries = await Promise.all(
      (byDay.get(day) ?? []).map(async (camera) =>
        (await names(folder, camera, day))
          .filter((name) => name.endsWith(extension))
          .flatMap((fileName) => {
            // What no object can be called is none of ours, whoever put it there.
            const key = objectKey.safeParse(`${camera}/${day}/${fileName}`).data;
            return key === undefined ? [] : { cameraId: camera, day, fileName, key, path: joinNames(folder, key) };
          }),
      ),
    );
    yield entries.flat();
  }
}

/** None where the folder is not there, or lies behind a link out of the library. */
async function names(root: string, ...below: string[]): Promise<string[]> {
  try {
    return await readdir(below.length === 0 ? root : await confinedPath(root, ...below));
  } catch (error) {
    if (error instanceof OutsideRootError) return [];
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
