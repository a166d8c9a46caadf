import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinNames } from './confined-path';
import { syncToDisk } from './sync-to-disk';

export interface ReplaceOptions {
  /** The name of the file that is written first, beside the other. A kill may have left one, which is then removed. */
  temporaryName: string;
  /**
   * Whether it resolves only when the new content would survive a power cut. Otherwise the old content, the new one or
   * an empty file survives.
   */
  isDurable: boolean;
  mode?: number;
}

/**
 * Replaces a file's content. Whoever reads meanwhile sees the old content or the new one, whole. A symbolic link in the
 * file's place, or under the temporary name, is replaced and not followed.
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

/** Writes a file that must not exist yet, and closes it. When durable, its bytes are on the disk, its name not yet. */
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
