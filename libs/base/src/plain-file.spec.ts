import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { OutsideRootError } from './confined-path';
import { openPlainFile } from './plain-file';

describe('openPlainFile', () => {
  let folder: TemporaryFolder;
  const at = (name: string): string => join(folder.path, name);
  beforeAll(async () => {
    folder = await temporaryFolder('plain');
    await writeFile(at('file'), 'content');
    await mkdir(at('folder'));
    await symlink('file', at('link'));
    await symlink('nowhere', at('dangling'));
    await symlink('/dev/zero', at('endless'));
    execFileSync('mkfifo', [at('pipe')]);
  });
  afterAll(() => folder.remove());

  it('opens a file, to read and to write', async () => {
    const file = await openPlainFile(at('file'), 'r+');
    await file.write('CON', 0);
    await file.close();
    const again = await openPlainFile(at('file'));
    expect(await again.readFile('utf8')).toBe('CONtent');
    await expect(again.write('x')).rejects.toMatchObject({ code: 'EBADF' });
    await again.close();
  });

  it('passes on that there is nothing', async () => {
    await expect(openPlainFile(at('absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each(['link', 'dangling', 'endless'])('refuses a %s, and says so', async (name) => {
    await expect(openPlainFile(at(name))).rejects.toThrow(`wanted a plain file, and ${at(name)} is a symbolic link`);
  });

  it.each(['folder', 'pipe'])('refuses a %s and does not wait at it', async (name) => {
    await expect(openPlainFile(at(name), 'r')).rejects.toThrow(OutsideRootError);
  });

  it('refuses a socket, and a device', async () => {
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(openPlainFile(at('socket'))).rejects.toThrow('wanted a plain file');
    server.close();
    await expect(openPlainFile('/dev/zero')).rejects.toThrow('wanted a plain file, and /dev/zero is none');
    expect(await readFile(at('file'), 'utf8')).toBe('CONtent');
  });
});
