import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const SECRET_BYTES = 32;

/**
 * The secret in the file at `path`, which all processes that ask for it share, also those that ask at the same
 * moment. Made by whichever comes first: whole under a name of its own, then linked, which fails where one is there.
 */
export async function sharedSecret(path: string): Promise<Buffer> {
  const existing = await readFile(path).catch(() => undefined);
  if (existing?.length === SECRET_BYTES) return existing;
  await mkdir(dirname(path), { recursive: true });
  const mine = `${path}-${randomBytes(6).toString('hex')}`;
  const file = await open(mine, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(SECRET_BYTES));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(mine, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(mine, { force: true });
  }
  const secret = await readFile(path);
  if (secret.length !== SECRET_BYTES)
    throw new Error(`${path} holds ${secret.length} bytes, wanted ${SECRET_BYTES}: remove it, and a new one is made`);
  return secret;
}
