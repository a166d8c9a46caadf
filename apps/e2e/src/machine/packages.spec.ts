import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { packagesAreStale } from '../../../../deploy/local/packages.mjs';

interface LockedPackage {
  version?: string;
  hasInstallScript?: boolean;
}

/**
 * These packages bring a script for their installation. It never runs (.npmrc, ignore-scripts). Each line says why the
 * package works without it.
 */
const WITH_INSTALL_SCRIPT: Record<string, string> = {
  'node_modules/@parcel/watcher': 'builds from source where no binary fits; only Nx wants it, for watching',
  'node_modules/@swc/core': 'checks that its binary, a package of its own, is there',
  'node_modules/esbuild': 'makes its command quicker to start; its binary is a package of its own',
  'node_modules/msgpackr-extract': 'builds from source where no binary fits; msgpackr works without it',
  'node_modules/nx': 'warms a cache',
};

describe('the packages of package-lock.json', () => {
  let packages: Record<string, LockedPackage>;
  beforeAll(async () => {
    packages = (
      JSON.parse(await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
        packages: Record<string, LockedPackage>;
      }
    ).packages;
  });

  it('run no script when they are installed, and only those that are known bring one', async () => {
    expect(await readFile(join(REPOSITORY, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const found = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
    expect(found.sort()).toEqual(Object.keys(WITH_INSTALL_SCRIPT).sort());
  });

  it('report to nobody: none of the known reporters is among them, and Nx is told not to', async () => {
    const reporters = Object.keys(packages).filter((path) =>
      /node_modules\/(@scarf\/|posthog|analytics|@segment\/|mixpanel|@sentry\/|universal-analytics|insight$)/.test(
        path,
      ),
    );
    expect(reporters).toEqual([]);
    const nx = JSON.parse(await readFile(join(REPOSITORY, 'nx.json'), 'utf8')) as Record<string, unknown>;
    expect(nx).toMatchObject({ neverConnectToCloud: true, analytics: false });
  });
});

describe('whether packages have to be installed', () => {
  let folder: TemporaryFolder;
  const LOCK = {
    packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/@b/c': { version: '2.0.0' } },
  };
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  const age = async (path: string, seconds: number): Promise<void> => {
    const then = new Date(Date.now() - seconds * 1000);
    await utimes(path, then, then);
  };

  /** Leaves what npm leaves: the packages, and then the file that says so. */
  beforeEach(async () => {
    folder = await temporaryFolder('packages');
    await writeFile(at('package-lock.json'), JSON.stringify(LOCK));
    for (const [path, { version }] of Object.entries(LOCK.packages) as [string, LockedPackage][]) {
      if (version === undefined) continue;
      await mkdir(at(path), { recursive: true });
      await writeFile(at(path, 'package.json'), JSON.stringify({ version }));
      await age(at(path), 100);
    }
    await writeFile(at('node_modules/.package-lock.json'), JSON.stringify(LOCK));
    await age(at('node_modules/.package-lock.json'), 50);
    await age(at('package-lock.json'), 200);
  });
  afterEach(() => folder.remove());

  it('not where all of them are there', () => {
    expect(packagesAreStale(folder.path)).toBe(false);
  });

  it('not where only the lock is newer and says the same', async () => {
    await age(at('package-lock.json'), 0);
    expect(packagesAreStale(folder.path)).toBe(false);
  });

  it.each<[string, () => Promise<void>]>([
    ['nothing is installed', () => rm(at('node_modules'), { recursive: true })],
    ['the first installation was interrupted', () => rm(at('node_modules/.package-lock.json'))],
    [
      'a later installation was interrupted: a package is newer than what npm wrote down',
      () => age(at('node_modules/a'), 10),
    ],
    ['the same of a package with a scope', () => age(at('node_modules/@b/c'), 10)],
    ['a package is gone', () => rm(at('node_modules/@b/c'), { recursive: true })],
    ['a package is half there', () => rm(at('node_modules/a/package.json'))],
    [
      'the lock wants another version',
      () => writeFile(at('package-lock.json'), JSON.stringify(LOCK).replace('1.0.0', '1.0.1')),
    ],
    [
      'the lock wants one more package',
      () =>
        writeFile(
          at('package-lock.json'),
          JSON.stringify({ packages: { ...LOCK.packages, 'node_modules/d': { version: '1.0.0' } } }),
        ),
    ],
  ])('where %s', async (_, spoil) => {
    await spoil();
    expect(packagesAreStale(folder.path)).toBe(true);
  });
});
