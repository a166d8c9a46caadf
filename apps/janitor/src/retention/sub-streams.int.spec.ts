import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId } from '@vr/contracts';
import { protectionOf, writeProtection } from '@vr/protections';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { DAY_MS, HOUR_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';

const SUB = { camera: 'cam_1.sub' };

describe('retention of a sub-stream', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;
  const configure = async (settings: string): Promise<void> => {
    await writeFile(
      join(folder.path, 'cameras.yml'),
      `cameras: [{id: cam_1, url: "rtsp://h/1", sub_url: "rtsp://h/2", ${settings}}]`,
    );
    started = await startJanitor(folder.path, {}, undefined, { keepCameras: true });
  };
  /** Sweeps as often as the schedule does, so that the janitor sees the clock run. */
  const sweepUntil = async (ms: number): Promise<void> => {
    for (; started.now.ms < ms; started.now.ms = Math.min(ms, started.now.ms + 12 * HOUR_MS))
      await started.janitor.sweep();
    await started.janitor.sweep();
  };

  beforeEach(async () => (folder = await temporaryFolder('sub-streams')));
  afterEach(() => folder.remove());

  it('goes by its own days, and the audit names the camera', async () => {
    await configure('retention_days: 5, sub_retention_days: 20');
    const [main, sub] = [await started.segment(24), await started.segment(24, SUB)];
    await sweepUntil(START_MS + 6 * DAY_MS);
    expect(await started.areThere([main, sub])).toEqual([false, true]);
    await sweepUntil(START_MS + 21 * DAY_MS);
    expect(await started.isThere(sub)).toBe(false);
    const entries = (await started.audit()).filter(({ what }) => what.includes('cam_1.sub/'));
    expect(entries).toMatchObject([{ camera_id: 'cam_1', why: 'age: past 20 days' }]);
  });

  it('goes by the days of its camera where it has none of its own', async () => {
    await configure('retention_days: 12');
    const sub = await started.segment(24, SUB);
    await sweepUntil(START_MS + 10 * DAY_MS);
    expect(await started.isThere(sub)).toBe(true);
    await sweepUntil(START_MS + 13 * DAY_MS);
    expect(await started.isThere(sub)).toBe(false);
  });

  it('stops for a protection of its camera, and only in that time', async () => {
    await configure('retention_days: 5');
    const [held, heldSub, free] = [
      await started.segment(24),
      await started.segment(24, SUB),
      await started.segment(48, SUB),
    ];
    const startMs = START_MS - 24 * HOUR_MS + 60_000;
    const request = { cameraId: cameraId.parse('cam_1'), startMs, endMs: startMs + 60_000, reason: 'police' };
    await writeProtection(started.config.RECORDINGS_DIR, protectionOf(request, START_MS));
    await sweepUntil(START_MS + 10 * DAY_MS);
    expect(await started.areThere([held, heldSub, free])).toEqual([true, true, false]);
  });

  it('shares the quota of its camera: the oldest of both streams goes first', async () => {
    await configure('max_gb: 0.000000035'); // three segments and a half
    const paths = [
      await started.segment(5, SUB),
      await started.segment(4),
      await started.segment(3, SUB),
      await started.segment(2),
      await started.segment(1, SUB),
    ];
    await started.janitor.sweep();
    expect(await started.areThere(paths)).toEqual([false, false, true, true, true]);
  });
});
