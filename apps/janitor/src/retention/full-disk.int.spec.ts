import { writeFile } from 'node:fs/promises';
import { cameraId } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

describe('a disk that is too full, on real folders', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;

  beforeEach(async () => {
    folder = await temporaryFolder('janitor');
    started = await startJanitor(folder.path);
  });
  afterEach(() => folder.remove());

  /** Without what is 0, as counters are for labels of which nothing was counted. */
  const metric = async (name: string): Promise<Record<string, number>> => {
    const { values } = (await started.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    const counted = values.filter(({ value }) => value !== 0);
    return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(','), value]));
  };
  const retention = async () => (await started.health.readiness()).dependencies['retention'];

  it('never deletes the open segment, however full and old', async () => {
    const open = await started.segment(24 * 20, { open: true });
    started.volumes.usedBytes = 1000;
    await started.janitor.sweep();
    expect(await started.isThere(open)).toBe(true);
  });

  it('makes room: footage without events first, then footage, then stored clips, their records kept', async () => {
    const event = { startMs: START_MS - 9 * HOUR_MS, endMs: START_MS - 9 * HOUR_MS + 40_000 };
    const segments = [
      await started.segment(9),
      await started.segment(8, { camera: 'cam_long' }),
      await started.segment(7),
    ];
    const unfinished = await started.clip(3, 'cut');
    const announced = await started.clip(2, 'announced', { of: event });
    started.volumes.usedBytes = 900;
    started.config.DISK_LOW_PERCENT = 88.5;
    await started.janitor.sweep();
    expect(await started.areThere(segments)).toEqual([true, false, false]); // the oldest has an event
    started.volumes.usedBytes = 900;
    await started.janitor.sweep();
    expect(
      await started.areThere([...segments, ...['mp4', 'jpg', 'json'].map((extension) => `${announced}.${extension}`)]),
    ).toEqual([false, false, false, false, false, true]);
    expect(await started.areThere(['mp4', 'jpg', 'json'].map((extension) => `${unfinished}.${extension}`))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'footage,space': 30, 'clip,space': 20 });
  });

  it('shouts where only what is held is left', async () => {
    const segment = await started.segment(9);
    await started.clip(3, 'cut');
    await started.protections.protect({
      cameraId: cameraId.parse('cam_1'),
      startMs: START_MS - 9 * HOUR_MS,
      endMs: START_MS - 8 * HOUR_MS,
      reason: 'trial 7/26',
    });
    started.volumes.usedBytes = 950;
    await started.janitor.sweep();
    expect(await started.isThere(segment)).toBe(true);
    expect(await retention()).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/disk is full and nothing more may be deleted: .* are protected/) as string,
    });
    expect(await metric('retention_missing_bytes')).toEqual({ '': 100 });
    expect(await metric('retention_held_bytes')).toMatchObject({ protected: 10 });
  });

  it('keeps what a clip still waits for, also one that was claimed after the plan was made', async () => {
    const [first, second, third] = [await started.segment(30), await started.segment(29), await started.segment(28)];
    const window = (hoursAgo: number) => ({
      startMs: START_MS - hoursAgo * HOUR_MS + 60_000,
      endMs: START_MS - hoursAgo * HOUR_MS + 100_000,
    });
    await started.clip(1.2, 'claimed', { of: window(30), video: false });
    started.volumes.usedBytes = 1000;
    await started.janitor.sweep();
    expect(await started.areThere([first, second, third])).toEqual([true, false, false]);
  });

  it('keeps what is claimed or protected after the plan was made', async () => {
    const [claimed, held, other] = [await started.segment(27), await started.segment(26), await started.segment(25)];
    const survey = started.surveyor.survey.bind(started.surveyor);
    started.surveyor.survey = async (memory) => {
      const made = await survey(memory);
      expect(made.plan.deletions).toHaveLength(3);
      await started.clip(1.1, 'claimed', {
        of: { startMs: START_MS - 27 * HOUR_MS + 60_000, endMs: START_MS - 27 * HOUR_MS + 100_000 },
        video: false,
      });
      await started.protections.protect({
        cameraId: cameraId.parse('cam_1'),
        startMs: START_MS - 26 * HOUR_MS,
        endMs: START_MS - 26 * HOUR_MS + 1,
        reason: 'just now',
      });
      return made;
    };
    started.volumes.usedBytes = 1000;
    await started.janitor.makeRoom();
    expect(await started.areThere([claimed, held, other])).toEqual([true, true, false]);
  });

  it('keeps a camera within its max_gb, its footage of events longest, and leaves the other cameras', async () => {
    await writeFile(
      started.config.CAMERAS_FILE ?? '',
      'cameras:\n  - {id: cam_1, url: "rtsp://10.0.0.1/1", max_gb: 0.000000025}\n' +
        '  - {id: cam_long, url: "rtsp://10.0.0.2/1"}\n',
    );
    const limited = await startJanitor(folder.path, {}, undefined, { keepCameras: true });
    const event = { startMs: START_MS - 9 * HOUR_MS, endMs: START_MS - 9 * HOUR_MS + 40_000 };
    const segments = [
      await limited.segment(9),
      await limited.segment(8),
      await limited.segment(7),
      await limited.segment(6),
    ];
    const ofOther = [
      await limited.segment(9, { camera: 'cam_long' }),
      await limited.segment(8, { camera: 'cam_long' }),
      await limited.segment(7, { camera: 'cam_long' }),
    ];
    await limited.clip(0.3, 'announced', { of: event });
    await limited.janitor.sweep();
    expect(await limited.areThere([...segments, ...ofOther])).toEqual([true, false, false, true, true, true, true]);
    expect((await limited.audit()).map(({ why }) => why)).toEqual(
      Array(2).fill('quota: cam_1 has more than its max_gb of 2.5e-8'),
    );
  });

  it('refuses marks that cross', async () => {
    await expect(startJanitor(folder.path, { DISK_LOW_PERCENT: 90 })).rejects.toThrow(/DISK_LOW_PERCENT: wanted less/);
  });
});
