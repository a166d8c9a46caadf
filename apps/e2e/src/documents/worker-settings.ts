import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';

export const WORKERS = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];

/** The names of a worker's settings, from the schema by which it reads its environment. */
export async function settingsOf(worker: string): Promise<string[]> {
  const config = (await import(join(REPOSITORY, 'apps', worker, 'src/config.ts'))) as Record<string, object>;
  return Object.keys(config[`${worker}Settings`] ?? {});
}
