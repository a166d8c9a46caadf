import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errorCode } from './error-code';
import { OutsideRootError } from './confined-path';

const ACCESS = { r: constants.O_RDONLY, 'r+': constants.O_RDWR } as const;

/** What the disk says of a plain file. Undefined where there is none, or a symbolic link, which is not ours. */
export function plainFile(path: string): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found : undefined;
}

/**
 * Opens a plain file. It refuses a symbolic link, because somebody else chose its target. It refuses a pipe or a
 * device, because a reader would wait there for ever. Such a name throws OutsideRootError. A missing file throws
 * ENOENT, as `open` does.
 */
export async function openPlainFile(path: string, access: keyof typeof ACCESS = 'r'): Promise<FileHandle> {
  const file = await openUnlinked(path, ACCESS[access]);
  try {
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  throw notPlain(path, 'is none');
}

/** The same at once, for reading. It returns a file descriptor, which the caller closes. */
export function openPlainFileSync(path: string): number {
  const fd = openUnlinkedSync(path);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw notPlain(path, 'is none');
}

const UNLINKED = constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function openUnlinked(path: string, access: number): Promise<FileHandle> {
  try {
    return await open(path, access | UNLINKED);
  } catch (error) {
    throw plainer(error, path);
  }
}

function openUnlinkedSync(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | UNLINKED);
  } catch (error) {
    throw plainer(error, path);
  }
}

function plainer(error: unknown, path: string): unknown {
  if (errorCode(error) === 'ELOOP') return notPlain(path, 'is a symbolic link');
  if (errorCode(error) === 'ENXIO') return notPlain(path, 'is none'); // a socket, or a pipe to write into
  return error;
}

function notPlain(path: string, what: string): OutsideRootError {
  return new OutsideRootError(`wanted a plain file, and ${path} ${what}`);
}
