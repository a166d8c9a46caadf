import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';
import type { z } from 'zod';

export const WORKERS = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];

/** The schema by which a worker reads its environment. */
export async function schemaOf(worker: string): Promise<z.ZodRawShape> {
  const config = (await import(join(REPOSITORY, 'apps', worker, 'src/config.ts'))) as Record<string, z.ZodRawShape>;
  const schema = config[`${worker}Settings`];
  if (schema === undefined) throw new Error(`apps/${worker}/src/config.ts: wanted ${worker}Settings`);
  return schema;
}

/** The names of a worker's settings. */
export const settingsOf = async (worker: string): Promise<string[]> => Object.keys(await schemaOf(worker));
