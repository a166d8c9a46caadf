import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { OutsideRootError } from './confined-path';
import { readSmallFile, readSmallFileSync, STATE_FILE_BYTES } from './small-file';

describe.each([
  ['readSmallFile', (path: string, limitBytes?: number) => readSmallFile(path, limitBytes ?? STATE_FILE_BYTES)],
  [
    'readSmallFileSync',
    async (path: string, limitBytes?: number) => readSmallFileSync(path, limitBytes ?? STATE_FILE_BYTES),
  ],
])('%s', (_, read) => {
  let folder: TemporaryFolder;
  const at = (name: string): string => join(folder.path, name);
  beforeAll(async () => {
    folder = await temporaryFolder('small');
    await writeFile(at('record.json'), '{"ç": 1}');
    await symlink('record.json', at('link.json'));
    await mkdir(at('folder.json'));
    execFileSync('mkfifo', [at('pipe.json')]);
    await writeFile(at('huge.json'), '');
    await truncate(at('huge.json'), 2 ** 40);
  });
  afterAll(() => folder.remove());

  it('gives the text, and nothing where nothing is', async () => {
    expect(await read(at('record.json'))).toBe('{"ç": 1}');
    expect(await read(at('absent.json'))).toBeUndefined();
    expect(await read(at('record.json/x'))).toBeUndefined();
  });

  it.each(['link.json', 'folder.json', 'pipe.json'])('does not follow, nor wait at, %s', async (name) => {
    await expect(read(at(name))).rejects.toThrow(OutsideRootError);
  });

  it('does not read what fills the memory', async () => {
    await expect(read(at('huge.json'))).rejects.toThrow(/wanted at most \d+ bytes, and .* has 1099511627776/);
    await expect(read(at('record.json'), 5)).rejects.toThrow('wanted at most 5 bytes');
  });
});
