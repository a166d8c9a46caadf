import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { replaceFile } from './replace-file';

describe('replaceFile', () => {
  let folder: TemporaryFolder;
  let outside: TemporaryFolder;
  const at = (name: string): string => join(folder.path, name);
  beforeEach(async () => {
    [folder, outside] = await Promise.all([temporaryFolder('replace'), temporaryFolder('outside')]);
    await writeFile(join(outside.path, 'victim'), 'as it was');
  });
  afterEach(() => Promise.all([folder.remove(), outside.remove()]));

  it.each([true, false])('writes a file whole, and leaves nothing else (durable: %s)', async (isDurable) => {
    for (const text of ['first', 'second']) {
      await replaceFile(at('state.json'), text, { temporaryName: '.state.json.tmp', isDurable, mode: 0o600 });
      expect(await readFile(at('state.json'), 'utf8')).toBe(text);
    }
    expect(await readdir(folder.path)).toEqual(['state.json']);
    expect((await stat(at('state.json'))).mode & 0o777).toBe(0o600);
  });

  it('writes through no link, neither in its place nor under its temporary name', async () => {
    await symlink(join(outside.path, 'victim'), at('state.json'));
    await symlink(join(outside.path, 'victim'), at('.state.json.tmp'));
    await replaceFile(at('state.json'), 'mine', { temporaryName: '.state.json.tmp', isDurable: true });
    expect(await readFile(join(outside.path, 'victim'), 'utf8')).toBe('as it was');
    expect(await readFile(at('state.json'), 'utf8')).toBe('mine');
  });

  it('leaves nothing behind where it cannot', async () => {
    await expect(
      replaceFile(at('absent/state.json'), 'x', { temporaryName: '.tmp', isDurable: false }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(replaceFile(folder.path, 'x', { temporaryName: '.tmp', isDurable: false })).rejects.toThrow();
    expect(await readdir(folder.path)).toEqual([]);
  });
});
