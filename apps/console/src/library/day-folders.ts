/** Both libraries lie the same way on disk: FOLDER/{camera}/{YYYY-MM-DD}/{name}, the newest day read first and no more than is asked for. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId as cameraIdSchema, utcDay } from '@vr/contracts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface ShelfEntry {
  cameraId: string;
  day: string;
  fileName: string;
  path: string;
}

export interface ShelfRange {
  cameraId?: string;
  beforeMs?: number;
  sinceMs?: number;
}

/** Entries of one day after another, newest day first; inside a day in no order. */
export async function* daysOf(folder: string, extension: string, { cameraId, beforeMs, sinceMs }: ShelfRange): AsyncGenerator<ShelfEntry[]> {
  const cameras = cameraId === undefined ? (await names(folder)).filter((name) => cameraIdSchema.safeParse(name).success) : [cameraId];
  const byDay = new Map<string, string[]>();
  for (const camera of cameras) {
    for (const day of (await names(join(folder, camera))).filter((name) => DAY.test(name))) byDay.set(day, [...(byDay.get(day) ?? []), camera]);
  }
  const first = sinceMs === undefined ? '' : utcDay(sinceMs);
  const last = beforeMs === undefined ? '9999' : utcDay(beforeMs);
  for (const day of [...byDay.keys()].filter((name) => name >= first && name <= last).sort().reverse()) {
    const entries = await Promise.all(
      (byDay.get(day) ?? []).map(async (camera) =>
        (await names(join(folder, camera, day)))
          .filter((name) => name.endsWith(extension) && !name.startsWith('.'))
          .map((fileName) => ({ cameraId: camera, day, fileName, path: join(folder, camera, day, fileName) })),
      ),
    );
    yield entries.flat();
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
