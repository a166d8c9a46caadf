import { jest } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { Shares } from './shares';

const DAY_MS = 86_400_000;

describe('links that need no account', () => {
  let folder: TemporaryFolder;
  let path: string;
  let nowMs = Date.UTC(2026, 10, 28);
  const warn = jest.fn();
  const opened = (): Promise<Shares> => Shares.open(path, { nowMs: () => nowMs }, { warn });
  const wanted = () => ({
    cameraId: cameraId.parse('cam_1'),
    startMs: nowMs - 60_000,
    endMs: nowMs - 30_000,
    expiresMs: nowMs + DAY_MS,
    createdBy: 'anna',
  });
  beforeEach(async () => {
    folder = await temporaryFolder('shares');
    path = join(folder.path, 'deeper', '.shares.json');
    nowMs = Date.UTC(2026, 10, 28);
    warn.mockClear();
  });
  afterEach(() => folder.remove());

  it('work after a restart, until they end; the file does not hold what opens them', async () => {
    const { token } = await (await opened()).make(wanted());
    expect(await readFile(path, 'utf8')).not.toContain(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await opened();
    const share = again.find(token);
    expect(share && again.stateOf(share)).toBe('open');
    nowMs += DAY_MS;
    expect(share && again.stateOf(share)).toBe('expired');
  });

  it('stay revoked after a restart', async () => {
    const before = await opened();
    const { token, share } = await before.make(wanted());
    const made = before.named(share.share_id);
    if (!made) throw new Error('the share that was made is not there');
    await before.revoke(made);
    const again = await opened();
    const found = again.find(token);
    expect(found && again.stateOf(found)).toBe('revoked');
  });

  it('leave a file that cannot be read as it is, and say so to who makes one', async () => {
    await (await opened()).make(wanted());
    await writeFile(path, '{"shares": [');
    const broken = await opened();
    expect(warn).toHaveBeenCalledTimes(1);
    await expect(broken.make(wanted())).rejects.toThrow('the file of shares cannot be read');
    expect(broken.list(() => true)).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('{"shares": [');
  });

  it('are a thousand at most; one that is revoked makes room', async () => {
    const full = await opened();
    const made = await Promise.all(Array.from({ length: 1000 }, () => full.make(wanted())));
    await expect(full.make(wanted())).rejects.toThrow('1000 open shares');
    const one = full.named(made[0]?.share.share_id ?? '');
    if (!one) throw new Error('the first share is not there');
    await full.revoke(one);
    await full.make(wanted());
  }, 60_000);
});
