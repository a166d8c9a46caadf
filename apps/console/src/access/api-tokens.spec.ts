import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserView } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { ApiTokens } from './api-tokens';

const WALL: UserView = { name: 'wall', role: 'viewer', cameras: '*' };

describe('tokens of programs on the disk', () => {
  let folder: TemporaryFolder;
  let home: string;
  beforeEach(async () => {
    folder = await temporaryFolder('api-tokens');
    home = join(folder.path, 'home');
    await mkdir(home);
  });
  afterEach(() => folder.remove());
  const warnings: string[] = [];
  const open = (): Promise<ApiTokens> =>
    ApiTokens.open(
      join(home, 'users.json'),
      { nowMs: () => 1_795_000_000_000 },
      { warn: (_: unknown, text?: string) => void warnings.push(text ?? '') },
    );

  it('that cannot be read open nothing, are said in the log, and are not written over', async () => {
    const file = join(home, '.api-tokens.json');
    await writeFile(file, '{"tokens": [');
    const tokens = await open();
    expect(warnings).toEqual([expect.stringContaining('cannot be read')]);
    await expect(tokens.make(WALL, 'admin')).rejects.toMatchObject({ code: 'conflict' });
    expect([tokens.list(), await readFile(file, 'utf8')]).toEqual([[], '{"tokens": [']);
  });

  it('do not hold where the disk does not take them', async () => {
    const tokens = await open();
    await rename(home, `${home}.away`);
    await expect(tokens.make(WALL, 'admin')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(tokens.list()).toEqual([]);
    await rename(`${home}.away`, home);
    await tokens.make(WALL, 'admin');
    expect(tokens.list()).toHaveLength(1);
  });

  it('are refused from the moment of their revocation, also where the disk takes it only the second time', async () => {
    const tokens = await open();
    const { token, view } = await tokens.make(WALL, 'admin');
    expect(tokens.find(token)?.name).toBe('wall');
    await rename(home, `${home}.away`);
    await expect(tokens.revoke(view.token_id)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(tokens.find(token)).toBeUndefined();
    await rename(`${home}.away`, home);
    expect(await tokens.revoke(view.token_id)).toBe('wall');
    expect((await open()).find(token)).toBeUndefined();
  });

  it('are one of a name, also where two ask at once', async () => {
    const tokens = await open();
    const made = await Promise.allSettled([tokens.make(WALL, 'admin'), tokens.make(WALL, 'admin')]);
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
