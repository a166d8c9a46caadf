// @ts-check
// The npm packages of package-lock.json: whether they are installed, and their installation.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './logs.mjs';
import { run, tail } from './programs.mjs';
import { ROOT } from './settings.mjs';
import { StartError } from './start-error.mjs';

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage */

export async function ensurePackages() {
  if (!packagesAreStale()) return;
  say('installing    npm packages (npm ci, versions of package-lock.json)');
  // The development packages too, also where NODE_ENV says production: we build here.
  // `npm ci` begins with an empty folder, so nothing is left of an interrupted installation.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  const { code, output } = npm?.endsWith('.js') ? await run(process.execPath, [npm, ...args]) : await run('npm', args);
  if (code !== 0) throw new StartError(`npm ci failed:\n${tail(output)}`);
}

/**
 * Whether `npm ci` has to run: nothing is installed, something else is, or an installation was interrupted.
 *
 * npm writes a file into node_modules once all packages are there. An interrupted installation leaves no such file, or
 * one that is older than the packages. A lock that is only newer (a checkout) is compared before it counts.
 */
export function packagesAreStale(root = ROOT) {
  const lockFile = join(root, 'package-lock.json');
  const modules = join(root, 'node_modules');
  const installedFile = join(modules, '.package-lock.json');
  if (!existsSync(installedFile)) return true;
  const installedMs = statSync(installedFile).mtimeMs;
  if (packageFolders(modules).some((folder) => statSync(folder).mtimeMs > installedMs)) return true;
  const installed = packagesOf(installedFile);
  // Somebody cleaned up, or a copy was not whole.
  if (Object.keys(installed).some((path) => path !== '' && !existsSync(join(root, path, 'package.json')))) return true;
  if (installedMs >= statSync(lockFile).mtimeMs) return false;
  return Object.entries(packagesOf(lockFile)).some(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return false;
    const there = installed[path];
    if (!there) return !optional && !devOptional && !peer; // of another platform, or nobody needs it
    return there.version !== version;
  });
}

/** @param {string} lockFile */
function packagesOf(lockFile) {
  /** @type {unknown} */
  const parsed = JSON.parse(readFileSync(lockFile, 'utf8'));
  const lock = /** @type {{ packages: Record<string, LockedPackage> }} */ (parsed);
  return lock.packages;
}

/**
 * npm's own folders of packages, `node_modules/a` and `node_modules/@b/c`. A name that begins with a dot is a cache.
 * @param {string} modules
 */
function packageFolders(modules) {
  const inside = (/** @type {string} */ folder) =>
    readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return inside(modules).flatMap(({ name }) =>
    name.startsWith('@')
      ? inside(join(modules, name)).map((scoped) => join(modules, name, scoped.name))
      : [join(modules, name)],
  );
}
