import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { valueOrFile } from '../../../../deploy/local/settings.mjs';

describe('what the local stack reads of a setting', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeAll(async () => {
    folder = await temporaryFolder('settings');
    path = join(folder.path, 'url');
    await writeFile(path, 'http://recorder.lan:8080\n');
  });
  afterAll(() => folder.remove());

  const read = (environment: NodeJS.ProcessEnv): string | undefined => valueOrFile('CONSOLE_PUBLIC_URL', environment);

  it('is its value, or what its file holds', () => {
    expect(read({ CONSOLE_PUBLIC_URL: 'http://a.lan' })).toBe('http://a.lan');
    expect(read({ CONSOLE_PUBLIC_URL: '', CONSOLE_PUBLIC_URL_FILE: path })).toBe('http://recorder.lan:8080');
    expect(read({ CONSOLE_PUBLIC_URL_FILE: '' })).toBeUndefined();
  });

  it('is left to the workers where its file cannot be read: they tell all faults at once', () => {
    expect(read({ CONSOLE_PUBLIC_URL_FILE: join(folder.path, 'none') })).toBeUndefined();
  });
});
