import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { errorCode } from './error-code';

/** The names in a folder, sorted; none where the folder is not there, or is no folder. */
export async function listFolder(path: string): Promise<string[]> {
  return (await readdir(path).catch(noneWhereNothingIs)).sort();
}

/** The same where the disk is walked in one go (retention), in no order. */
export function listFolderSync(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    return noneWhereNothingIs(error);
  }
}

/** For `catch`: no names where nothing lies, or no folder. */
export function noneWhereNothingIs(error: unknown): [] {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
  throw error;
}
