// Whether the builds in dist/ are of the sources that are here. Nx knows it too, and copies every file of the builds
// each time that it is asked.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const STAMP = 'dist/apps/built-from';
const SINGLE_FILES = ['package-lock.json', 'tsconfig.base.json', 'tools/build-app.mjs'];
const NO_SOURCE = /\.(spec|suite|fixture)\.ts$/;

/** @returns a sha256 over the names and contents of everything that a build reads */
export function hashOfSources(root) {
  const hash = createHash('sha256');
  const folders = ['apps', 'libs'].flatMap((folder) => filesBelow(root, folder));
  for (const path of [...SINGLE_FILES, ...folders.sort()])
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !NO_SOURCE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

export function isBuiltFrom(root, hash, names) {
  const stamp = join(root, STAMP);
  const isThere = names.every((name) => existsSync(join(root, 'dist/apps', name, 'main.js')));
  return isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Before a build: one that is interrupted must not pass for whole. */
export function forgetBuild(root) {
  rmSync(join(root, STAMP), { force: true });
}

export function rememberBuild(root, hash) {
  writeFileSync(join(root, STAMP), hash);
}
