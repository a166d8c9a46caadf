import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { errorCode } from './error-code';

/** The names in a folder, sorted. There are none where the folder does not exist, or is not a folder. */
export async function listFolder(path: string): Promise<string[]> {
  return (await readdir(path).catch(noneWhereNothingIs)).sort();
}

/** The same, unsorted, for code that walks the disk in one go (retention). */
export function listFolderSync(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    return noneWhereNothingIs(error);
  }
}

/** For `catch`: gives no names where nothing lies there, or not a folder. */
export function noneWhereNothingIs(error: unknown): [] {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
  throw error;
}
