import { open } from 'node:fs/promises';

/**
 * Of a file: its bytes survive a power cut from now on. Of a folder: the names in it do, also those that were changed
 * or removed.
 */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
