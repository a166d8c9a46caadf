// package.json and package-lock.json, as far as the builds read them.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const Package = z.object({ version: z.string().optional(), dependencies: Names });
const Locked = z.object({
  version: z.string().optional(),
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
});
const Lock = z.object({ packages: z.record(z.string(), Locked) });

export type LockedPackage = z.infer<typeof Locked>;

export async function readPackage(path: string): Promise<z.infer<typeof Package>> {
  return Package.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Key, such as `node_modules/a/node_modules/b`, -> package. */
export async function readLock(path: string): Promise<Map<string, LockedPackage>> {
  return new Map(Object.entries(Lock.parse(JSON.parse(await readFile(path, 'utf8'))).packages));
}
