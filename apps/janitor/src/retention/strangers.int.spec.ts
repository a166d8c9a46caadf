import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { DAY_MS, HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

describe("what is not the janitor's to delete", () => {
  let folder: TemporaryFolder;
  let outside: TemporaryFolder;
  let started: StartedJanitor;

  beforeEach(async () => {
    [folder, outside] = await Promise.all([temporaryFolder('janitor'), temporaryFolder('outside')]);
    started = await startJanitor(folder.path);
  });
  afterEach(async () => {
    await folder.remove();
    await outside.remove();
  });

  /** Without what is 0, as counters are for labels of which nothing was counted. */
  const metric = async (name: string): Promise<Record<string, number>> => {
    const { values } = (await started.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    const counted = values.filter(({ value }) => value !== 0);
    return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(','), value]));
  };

  it('leaves what it does not know, links, and everything outside', async () => {
    const recordings = started.config.RECORDINGS_DIR;
    const { put } = started;
    const day = '2020-01-02';
    const ours = 'cam_1_20200102_030405.678Z_1000.mp4';
    const precious = [
      await put(join(outside.path, day, ours)),
      await put(join(recordings, 'cam_1', day, 'holiday.mp4')),
      await put(join(recordings, 'cam_1', day, 'cam_2_20200102_030405.678Z_1000.mp4')), // another camera's
      await put(join(recordings, 'cam_1', '2020-01-03', ours)), // another day's
      await put(join(recordings, 'cam_1', 'export', ours)),
      await put(join(recordings, ours)),
      await put(join(recordings, 'cam_1', 'state.json')),
      await put(join(recordings, '.quarantine', 'holiday.mp4')),
      await put(join(recordings, 'not a camera', day, ours)),
    ];
    await mkdir(join(recordings, 'cam_3'), { recursive: true });
    await symlink(outside.path, join(recordings, 'cam_2'));
    await symlink(join(outside.path, day), join(recordings, 'cam_3', day));
    await symlink(join(outside.path, day, ours), join(recordings, 'cam_1', day, ours));
    await mkdir(join(recordings, 'cam_1', '2020-01-04', 'cam_1_20200104_030405.678Z_1000.mp4'), { recursive: true });
    started.volumes.usedBytes = 1000;
    await started.janitor.sweep();
    started.now.ms += 600_000;
    await started.janitor.sweep();
    expect(await started.areThere(precious)).toEqual(precious.map(() => true));
    expect(await readdir(join(recordings, 'cam_1', day))).toContain(ours);
    expect(await metric('retention_deleted_bytes_total')).toEqual({});
  });

  it('deletes nothing through a folder that became a link after it was looked at', async () => {
    const due = await started.segment(24 * 9);
    const precious = await started.put(join(outside.path, due.slice(dirname(due).length + 1)));
    const { plan } = await started.surveyor.survey({ announced: [] });
    await rm(dirname(due), { recursive: true });
    await symlink(outside.path, dirname(due));
    const deletion = {
      kind: 'footage' as const,
      reason: 'age' as const,
      cameraId: 'cam_1',
      day: '2026-11-14',
      startMs: START_MS - 9 * DAY_MS,
      endMs: START_MS - 9 * DAY_MS + HOUR_MS,
      sizeBytes: 10,
    };
    expect(plan.announced).toHaveLength(1);
    const carried = await started.executor.carryOut([deletion], {
      isHeld: () => false,
      beforeBatch: async () => undefined,
      isOver: () => false,
      why: () => 'test',
    });
    expect(carried.failures).toEqual([expect.stringContaining('wanted a path that stays in')]);
    expect(await started.isThere(precious)).toBe(true);
  });
});
