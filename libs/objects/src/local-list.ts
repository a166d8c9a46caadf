import { lstat, readdir } from 'node:fs/promises';
import { absent } from './local-failure';
import type { ObjectEntry } from './object-store';

/**
 * The objects below a bucket's folder whose keys begin with `prefix`, in the order of their keys. `before` is the key
 * of the folder itself.
 */
export async function* listFolder(folder: string, before: string, prefix: string): AsyncIterable<ObjectEntry> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? [];
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const key = before + entry.name;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() && (prefix.startsWith(`${key}/`) || key.startsWith(prefix) || `${key}/`.startsWith(prefix)))
      yield* listFolder(`${folder}/${entry.name}`, `${key}/`, prefix);
    if (!entry.isFile() || !key.startsWith(prefix)) continue;
    const found = await lstat(`${folder}/${entry.name}`).catch(absent);
    if (found) yield { key, sizeBytes: found.size, lastModifiedMs: Math.floor(found.mtimeMs) };
  }
}
