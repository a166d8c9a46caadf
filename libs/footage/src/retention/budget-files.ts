/** What the janitor and those who make clips and snapshots tell each other about room: two small files, each with one writer. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OutsideRootError, readSmallFile } from '@vr/base';
import { budgetsFile, roomWanted, type BudgetsFile, type RoomWanted } from '@vr/contracts';
import { plainFile } from './day-folders';

const BUDGETS = '.budgets.json';
const WANTED = '.room-wanted.json';
const LIMIT_BYTES = 10_000;

export function writeBudgets(recordingsDir: string, budgets: BudgetsFile): Promise<void> {
  return replace(join(recordingsDir, BUDGETS), budgets);
}

/** Undefined where no janitor has written it, or what is there is not whole. */
export async function readBudgets(recordingsDir: string): Promise<BudgetsFile | undefined> {
  return budgetsFile.safeParse(await readJson(join(recordingsDir, BUDGETS))).data;
}

/** `folder`: CLIPS_DIR or SNAPSHOTS_DIR. */
export function writeRoomWanted(folder: string, wanted: RoomWanted): Promise<void> {
  return replace(join(folder, WANTED), wanted);
}

export async function readRoomWanted(folder: string): Promise<RoomWanted | undefined> {
  return roomWanted.safeParse(await readJson(join(folder, WANTED))).data;
}

/** When it was last written, by the file system's clock, for whoever looks often; 0 where it is not there. */
export function roomWantedMs(folder: string): number {
  return plainFile(join(folder, WANTED))?.mtimeMs ?? 0;
}

export async function removeRoomWanted(folder: string): Promise<void> {
  await rm(join(folder, WANTED), { force: true });
}

async function replace(path: string, content: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    const text = await readSmallFile(path, LIMIT_BYTES);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof OutsideRootError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
