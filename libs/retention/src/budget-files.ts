/**
 * The janitor and the makers of clips and snapshots tell each other about room through two small files. Each file has
 * one writer.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { joinNames, OutsideRootError, readSmallFile, replaceFile, plainFile } from '@vr/base';
import { budgetsFile, roomWanted, type BudgetsFile, type RoomWanted } from '@vr/contracts';

const BUDGETS = '.budgets.json';
const WANTED = '.room-wanted.json';
const LIMIT_BYTES = 10_000;

export function writeBudgets(recordingsDir: string, budgets: BudgetsFile): Promise<void> {
  return replace(recordingsDir, BUDGETS, budgets);
}

/** Undefined where no janitor has written the file, or where the file is not whole. */
export async function readBudgets(recordingsDir: string): Promise<BudgetsFile | undefined> {
  return budgetsFile.safeParse(await readJson(joinNames(recordingsDir, BUDGETS))).data;
}

/** `folder`: CLIPS_DIR or SNAPSHOTS_DIR. */
export function writeRoomWanted(folder: string, wanted: RoomWanted): Promise<void> {
  return replace(folder, WANTED, wanted);
}

export async function readRoomWanted(folder: string): Promise<RoomWanted | undefined> {
  return roomWanted.safeParse(await readJson(joinNames(folder, WANTED))).data;
}

/** When the file was last written, by the file system's clock: a cheap look. It is 0 where there is no file. */
export function roomWantedMs(folder: string): number {
  return plainFile(joinNames(folder, WANTED))?.mtimeMs ?? 0;
}

export async function removeRoomWanted(folder: string): Promise<void> {
  await rm(joinNames(folder, WANTED), { force: true });
}

function replace(folder: string, name: string, content: unknown): Promise<void> {
  const temporaryName = `${name}.${randomBytes(4).toString('hex')}.tmp`;
  return replaceFile(joinNames(folder, name), JSON.stringify(content), { temporaryName, isDurable: false });
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
