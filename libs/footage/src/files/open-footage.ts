/**
 * The one way to read a file of footage, RECORDINGS_DIR/{camera}/{day}/{file}. Whoever may write there must not choose
 * what else we show: neither by a link that is named like a segment, nor by a folder that is one. Folders that link to
 * another disk are refused, too: mount the disk there.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { confinedPath, errorCode, openPlainFile, OutsideRootError } from '@vr/base';
import { ContractError } from '@vr/contracts';

/**
 * Throws OutsideRootError where the file is no plain one, `storage_unavailable` where its folder leads out of
 * RECORDINGS_DIR, ENOENT where there is none.
 */
export async function openFootage(path: string): Promise<FileHandle> {
  const day = dirname(path);
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
  return openPlainFile(path);
}

/**
 * Whether an error of reading says that there is no such file, or something that is none: beside the footage both mean
 * that nothing is said.
 */
export function isNoFile(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || error instanceof OutsideRootError;
}
