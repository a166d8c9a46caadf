import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

const ROOT = 0;
const NOBODY = 65_534;

/** Root reads everything. So as root, the tests work as another user who owns the folders. */
async function withoutRoot<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== ROOT) return work();
  await chmod(dirname(folder), 0o711); // this run's own folder, closed to others
  for (const name of ['', ...(await readdir(folder, { recursive: true }))])
    await chown(join(folder, name), NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(ROOT);
  }
}

describe('a folder that cannot be read', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  let locked: string[];

  beforeEach(async () => {
    folder = await temporaryFolder('unreadable');
    started = await startJanitor(folder.path);
    locked = [];
  });
  afterEach(async () => {
    for (const path of locked) if (await started.isThere(path)) await chmod(path, 0o755);
    await folder.remove();
  });

  const retention = async () => (await started.health.readiness()).dependencies['retention'];
  const lock = async (path: string): Promise<void> => {
    locked.push(path);
    await chmod(path, 0);
  };
  /** Gives both cameras one segment past its retention, and enough that are not. */
  const fill = async (): Promise<{ ofOther: string; old: string }> => {
    for (const camera of ['cam_1', 'cam_long']) for (const hours of [1, 2]) await started.segment(hours, { camera });
    return { old: await started.segment(24 * 40), ofOther: await started.segment(24 * 40, { camera: 'cam_long' }) };
  };

  it.each([
    ['a camera', (path: string) => dirname(dirname(path))],
    ['a day', (path: string) => dirname(path)],
  ])('of %s leaves the rest of retention at work, and is said', async (_, folderOf) => {
    const { old, ofOther } = await fill();
    await lock(folderOf(old));
    await withoutRoot(folder.path, () => started.janitor.sweep());
    expect(await started.isThere(ofOther)).toBe(false);
    expect(await retention()).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/cam_1.* cannot be read \(EACCES\)/) as string,
    });
    await chmod(folderOf(old), 0o755);
    expect(await started.isThere(old)).toBe(true);
    started.now.ms += HOUR_MS;
    await withoutRoot(folder.path, () => started.janitor.sweep());
    expect([await started.isThere(old), (await retention())?.state]).toEqual([false, 'up']);
  });

  it('of clips keeps the footage of its camera when room is made: who knows what they wait for', async () => {
    const segments = [await started.segment(30), await started.segment(29, { camera: 'cam_long' })];
    const clip = await started.clip(1.2, 'claimed', {
      of: { startMs: START_MS - 30 * HOUR_MS, endMs: START_MS - 30 * HOUR_MS + 1000 },
      video: false,
    });
    await lock(dirname(clip));
    started.volumes.usedBytes = 1000;
    await withoutRoot(folder.path, () => started.janitor.makeRoom());
    expect(await started.areThere(segments)).toEqual([true, false]);
    expect(await retention()).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/clips.* cannot be read \(EACCES\)/) as string,
    });
  });

  it('of protections keeps all of its camera', async () => {
    const { old, ofOther } = await fill();
    const protections = join(started.config.RECORDINGS_DIR, 'cam_1', 'protections');
    await mkdir(protections);
    await lock(protections);
    await withoutRoot(folder.path, () => started.janitor.sweep());
    expect(await started.areThere([old, ofOther])).toEqual([true, false]);
    expect(await retention()).toMatchObject({
      state: 'degraded',
      sentence: expect.stringContaining('a protection of cam_1 cannot be read') as string,
    });
  });
});
