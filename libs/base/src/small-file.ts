import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { OutsideRootError } from './confined-path';
import { errorCode } from './error-code';
import { openPlainFile } from './plain-file';

// No file of ours is larger than these. A larger one is somebody else's, and is not read into memory.
/** The limit for one state, note or protection. */
export const STATE_FILE_BYTES = 64 * 1024;
/** The limit for the record of a clip or a snapshot. Its `source` takes at most a quarter. */
export const RECORD_FILE_BYTES = 256 * 1024;

/**
 * The text of a record or a state file. Undefined where there is none. Throws OutsideRootError where it is not a plain
 * file, or is too large.
 */
export async function readSmallFile(path: string, limitBytes: number): Promise<string | undefined> {
  let file;
  try {
    file = await openPlainFile(path);
  } catch (error) {
    return whereNothingIs(error);
  }
  try {
    checkSize(path, (await file.stat()).size, limitBytes);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The same for code that walks the disk in one go (retention). */
export function readSmallFileSync(path: string, limitBytes: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ELOOP') throw new OutsideRootError(`wanted a plain file, and ${path} is a symbolic link`);
    return whereNothingIs(error);
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new OutsideRootError(`wanted a plain file, and ${path} is none`);
    checkSize(path, found.size, limitBytes);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function whereNothingIs(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
}

function checkSize(path: string, sizeBytes: number, limitBytes: number): void {
  if (sizeBytes > limitBytes)
    throw new OutsideRootError(`wanted at most ${limitBytes} bytes, and ${path} has ${sizeBytes}`);
}
