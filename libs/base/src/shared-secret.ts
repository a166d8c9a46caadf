import { randomBytes } from 'node:crypto';
import { link, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OutsideRootError } from './confined-path';
import { errorCode } from './error-code';
import { openPlainFile } from './plain-file';
import { writeNewFile } from './replace-file';

const SECRET_BYTES = 32;

/** What lies under a secret's name is not a secret. Nobody may go on with it, or without it. */
export class BadSecretFileError extends Error {
  constructor(path: string, found: string) {
    super(`${path}: wanted a plain file of ${SECRET_BYTES} bytes, ${found}: remove it, and a new one is made`);
    this.name = 'BadSecretFileError';
  }
}

/**
 * The secret in the file at `path`. All processes that ask share it, even those that ask at the same moment. The first
 * to come makes it: it writes the whole secret under a name of its own and then links it, which fails where one exists.
 * Throws BadSecretFileError where something else lies there: a link, a pipe, a file of another size.
 */
export async function sharedSecret(path: string): Promise<Buffer> {
  const existing = await readSecret(path);
  if (existing) return existing;
  await mkdir(dirname(path), { recursive: true });
  const mine = `${path}-${randomBytes(6).toString('hex')}`;
  await writeNewFile(mine, randomBytes(SECRET_BYTES), { isDurable: true, mode: 0o600 });
  try {
    await link(mine, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const secret = await readSecret(path);
  if (!secret) throw new BadSecretFileError(path, 'and it was removed at the same moment');
  return secret;
}

async function readSecret(path: string): Promise<Buffer | undefined> {
  let file;
  try {
    file = await openPlainFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (error instanceof OutsideRootError) throw new BadSecretFileError(path, 'and it is none');
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size !== SECRET_BYTES) throw new BadSecretFileError(path, `got one of ${size}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
