// @ts-check
// Whether the builds of the workers in dist/ are of the sources that are here. Nx knows it too, but it copies every
// file of the builds each time that it is asked.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { WORKERS } from './settings.mjs';

const STAMP = 'dist/apps/built-from';
const SINGLE_FILES = ['package-lock.json', 'tsconfig.base.json', 'tools/build-app.ts', 'tools/package-files.ts'];
/** Python's are the simulated cameras', which no worker holds; Python leaves compiled copies beside them. */
const NO_SOURCE = /\.(spec|suite|fixture)\.ts$|\.pyc?$/;

/**
 * @param {string} root
 * @returns a sha256 over the names and contents of everything that a build reads
 */
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

/**
 * @param {string} root
 * @param {string} folder
 */
function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !NO_SOURCE.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/**
 * @param {string} root
 * @param {string} hash
 * @param {string[]} names of apps
 */
export function isBuiltFrom(root, hash, names) {
  const stamp = join(root, STAMP);
  const isThere = names.every((name) =>
    ['main.js', 'worker.js'].every((file) => existsSync(join(root, 'dist/apps', name, file))),
  );
  return isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/**
 * Before the build of an app, or of all: one that is interrupted must not pass for whole. What is no worker (the
 * footage tool) is not among the builds that the stamp stands for.
 * @param {string} root
 * @param {string} [app] none: all of them
 */
export function forgetBuild(root, app) {
  if (app !== undefined && !WORKERS.some(({ name }) => name === app)) return;
  rmSync(join(root, STAMP), { force: true });
}

/**
 * @param {string} root
 * @param {string} hash of the sources, taken before the build
 */
export function rememberBuild(root, hash) {
  writeFileSync(join(root, STAMP), hash);
}
