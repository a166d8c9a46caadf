import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processFolder } from './janitor';

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
