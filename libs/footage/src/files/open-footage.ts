/**
 * The one way to read a file of footage, RECORDINGS_DIR/{camera}/{day}/{file}. Somebody who may write there must not
 * choose which other files we show. So a link that is named like a segment is refused, and so is a folder that is a
 * link. That includes folders that link to another disk: mount the disk there instead.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { confinedPath, errorCode, openPlainFile, OutsideRootError } from '@vr/base';
import { ContractError } from '@vr/contracts';

/**
 * Throws OutsideRootError where the name is no plain file, `storage_unavailable` where its folder leads out of
 * RECORDINGS_DIR, and ENOENT where nothing has the name.
 */
export async function openFootage(path: string): Promise<FileHandle> {
  await checkFolder(dirname(path));
  return openPlainFile(path);
}

/** Throws `storage_unavailable` where a day's folder leads out of RECORDINGS_DIR. */
export async function checkFolder(day: string): Promise<void> {
  const camera = dirname(day);
  try {
    await confinedPath(dirname(camera), basename(camera), basename(day));
  } catch (error) {
    if (!(error instanceof OutsideRootError)) throw error;
    throw new ContractError(
      'storage_unavailable',
      `footage is not read through links: ${error.message}. Mount the other disk there instead.`,
      { cause: error },
    );
  }
}

/** Whether an error says that no plain file has this name. For files beside the footage this means: nothing is said. */
export function isNoFile(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || error instanceof OutsideRootError;
}
