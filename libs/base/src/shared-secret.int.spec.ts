import { execFileSync } from 'node:child_process';
import { mkdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { BadSecretFileError, sharedSecret } from './shared-secret';

describe('sharedSecret', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder('secret');
  });
  afterEach(() => folder.remove());
  const path = (): string => join(folder.path, 'below', '.secret');

  it('is one for all who ask, and nobody else reads it', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => sharedSecret(path())));
    expect(first).toHaveLength(32);
    for (const other of [...others, await sharedSecret(path())]) expect(other).toEqual(first);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (at: string) => unknown]>([
    ['a pipe', (at) => execFileSync('mkfifo', [at])],
    [
      'a link to a file of that size',
      async (at) => (await writeFile(`${at}-other`, 'x'.repeat(32)), symlink(`${at}-other`, at)),
    ],
    ['a link to nothing', (at) => symlink('/nowhere', at)],
    ['a folder', (at) => mkdir(at)],
    ['a file that is too short', (at) => writeFile(at, 'x')],
    ['a sparse file of 1 TB', async (at) => (await writeFile(at, ''), truncate(at, 2 ** 40))],
  ])('is not taken from %s, and says so', async (_, make) => {
    await mkdir(join(folder.path, 'below'));
    await make(path());
    await expect(sharedSecret(path())).rejects.toThrow(BadSecretFileError);
    await expect(sharedSecret(path())).rejects.toThrow(/wanted a plain file of 32 bytes, .*: remove it/);
  });
});
