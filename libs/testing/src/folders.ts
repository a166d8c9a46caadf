import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processFolder, removeWithUs } from './janitor';

export const REPOSITORY = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new folder, removed with the test process at the latest. */
export async function temporaryFolder(name = 'folder'): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(processFolder(), `${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

const MEMORY = '/dev/shm';

/**
 * The same in memory, where the machine has such a place: for tests that make files by the ten thousand, and sync each.
 */
export async function memoryFolder(name = 'folder'): Promise<TemporaryFolder> {
  if (!existsSync(MEMORY)) return temporaryFolder(name);
  const path = await mkdtemp(join(MEMORY, `vr-test-${name}-`));
  removeWithUs(path);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
