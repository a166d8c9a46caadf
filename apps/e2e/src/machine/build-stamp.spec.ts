// `npm start` builds the workers only where their sources have changed. A stamp says what they were built from.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { forgetBuild, hashOfSources, isBuiltFrom, rememberBuild } from '../../../../deploy/local/build-stamp.mjs';

describe('the stamp of a build', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder('build-stamp');
    await mkdir(join(folder.path, 'dist/apps/recorder'), { recursive: true });
    for (const file of ['main.js', 'worker.js']) await writeFile(join(folder.path, 'dist/apps/recorder', file), '');
    rememberBuild(folder.path, 'hash of the sources');
  });
  afterEach(() => folder.remove());
  const isFresh = (hash: string): boolean => isBuiltFrom(folder.path, hash, ['recorder']);

  it('says whether the workers are built from these sources', () => {
    expect(isFresh('hash of the sources')).toBe(true);
    expect(isFresh('hash of other sources')).toBe(false);
    expect(isBuiltFrom(folder.path, 'hash of the sources', ['recorder', 'janitor'])).toBe(false);
  });

  it.each(['main.js', 'worker.js'])('is not believed where %s is gone', async (file) => {
    await rm(join(folder.path, 'dist/apps/recorder', file));
    expect(isFresh('hash of the sources')).toBe(false);
  });

  it('stays where the command line tool is built, which is no worker', () => {
    forgetBuild(folder.path, 'cli');
    expect(isFresh('hash of the sources')).toBe(true);
  });

  it('goes where a worker is built, or all of them', () => {
    forgetBuild(folder.path, 'recorder');
    expect(isFresh('hash of the sources')).toBe(false);
    rememberBuild(folder.path, 'hash of the sources');
    forgetBuild(folder.path);
    expect(isFresh('hash of the sources')).toBe(false);
  });

  it('is of what a build reads: not of specs, nor of what Python leaves beside the simulated cameras', async () => {
    const root = join(folder.path, 'tree');
    for (const path of ['package-lock.json', 'tsconfig.base.json', 'tools'])
      await cp(join(REPOSITORY, path), join(root, path), { recursive: true });
    await mkdir(join(root, 'apps/camera-simulator/__pycache__'), { recursive: true });
    await mkdir(join(root, 'libs'));
    const before = hashOfSources(root);
    await writeFile(join(root, 'apps/camera-simulator/__pycache__/rtp.cpython-311.pyc'), 'compiled');
    await writeFile(join(root, 'libs/any.int.spec.ts'), 'a test');
    expect(hashOfSources(root)).toBe(before);
    await writeFile(join(root, 'libs/any.ts'), 'a source');
    expect(hashOfSources(root)).not.toBe(before);
  });
});
