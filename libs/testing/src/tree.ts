import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything below a folder, a line each: name, kind, size, time of change and content. Where two are equal, nobody
 * touched anything in between. It is for small trees, and follows no link.
 */
export function treeOf(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = join(below, name);
      const found = lstatSync(join(folder, path));
      const line = `${path} ${found.mode.toString(8)} ${found.size} ${found.mtimeMs}`;
      if (found.isDirectory()) return [line, ...treeOf(folder, path)];
      if (found.isSymbolicLink()) return [`${line} -> ${readlinkSync(join(folder, path))}`];
      return [
        found.isFile()
          ? `${line} ${createHash('sha256')
              .update(readFileSync(join(folder, path)))
              .digest('hex')}`
          : line,
      ];
    });
}
