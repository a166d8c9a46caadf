// `npm start` builds the workers only where their sources have changed. A stamp says what they were built from.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { forgetBuild, isBuiltFrom, rememberBuild } from '../../../../deploy/local/build-stamp.mjs';

describe('the stamp of a build', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder('build-stamp');
    await mkdir(join(folder.path, 'dist/apps/recorder'), { recursive: true });
    await writeFile(join(folder.path, 'dist/apps/recorder/main.js'), '');
    rememberBuild(folder.path, 'hash of the sources');
  });
  afterEach(() => folder.remove());
  const isFresh = (hash: string): boolean => isBuiltFrom(folder.path, hash, ['recorder']);

  it('says whether the workers are built from these sources', () => {
    expect(isFresh('hash of the sources')).toBe(true);
    expect(isFresh('hash of other sources')).toBe(false);
    expect(isBuiltFrom(folder.path, 'hash of the sources', ['recorder', 'janitor'])).toBe(false);
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
});
