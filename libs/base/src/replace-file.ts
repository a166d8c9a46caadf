import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinNames } from './confined-path';
import { syncToDisk } from './sync-to-disk';

export interface ReplaceOptions {
  /** Of the file that is written first, beside the other. One that is there already (a kill left it) is removed. */
  temporaryName: string;
  /**
   * Whether it resolves only when the new content would survive a power cut. Without: the old one, the new one or an
   * empty file does.
   */
  isDurable: boolean;
  mode?: number;
}

/**
 * Puts a content in the place of a file: whoever reads meanwhile sees the old one or the new one, whole. A symbolic
 * link in its place is replaced and not followed, and so is one under the temporary name.
 */
export async function replaceFile(
  path: string,
  content: string | Buffer,
  { temporaryName, isDurable, mode = 0o666 }: ReplaceOptions,
): Promise<void> {
  const folder = dirname(path);
  const temporary = joinNames(folder, temporaryName);
  await rm(temporary, { force: true, recursive: true });
  try {
    await writeNewFile(temporary, content, { isDurable, mode });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (isDurable) await syncToDisk(folder);
}

/** Writes a file that must not be there yet, and closes it. Durable: its bytes are on the disk, its name not yet. */
export async function writeNewFile(
  path: string,
  content: string | Buffer,
  { isDurable, mode }: { isDurable: boolean; mode: number },
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
}
