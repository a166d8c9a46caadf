import { open } from 'node:fs/promises';

/**
 * Makes a file's bytes survive a power cut from now on. For a folder it does so for the names in it, also those that
 * were changed or removed.
 */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
