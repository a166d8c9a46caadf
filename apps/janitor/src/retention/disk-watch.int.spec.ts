import { cameraId } from '@vr/contracts';
import { Shutdown } from '@vr/service';
import { temporaryFolder } from '@vr/testing';
import { startJanitor } from '../janitor.fixture';
import { DiskWatch } from './disk-watch';

describe('what recorders say of a full disk', () => {
  it('makes room, and is at most one line of the log a minute; of cameras not ours it is nothing', async () => {
    const folder = await temporaryFolder('disk-watch');
    const started = await startJanitor(folder.path);
    const lines: unknown[] = [];
    const logger = { info: () => undefined, error: () => undefined, warn: (about: unknown) => void lines.push(about) };
    let monotonicMs = 0;
    const clock = { nowMs: () => started.now.ms, monotonicMs: () => monotonicMs };
    const cameras = { find: (id: string) => (id === 'cam_1' ? { id } : undefined) as never };
    const watch = new DiskWatch(
      started.config,
      clock,
      started.volumes,
      started.janitor,
      { wantedMs: () => 0 },
      cameras,
      logger,
      new Shutdown(logger),
    );
    const oldest = await started.segment(9);
    started.volumes.usedBytes = 950;
    for (let n = 0; n < 1000; n++) await watch.recorderIsFull({ camera_id: cameraId.parse(`forged_${n}`) });
    expect(lines).toEqual([]);
    expect(await started.isThere(oldest)).toBe(true);
    await Promise.all(Array.from({ length: 1000 }, () => watch.recorderIsFull({ camera_id: cameraId.parse('cam_1') })));
    expect(lines).toEqual([{ camera: 'cam_1' }]);
    expect(await started.isThere(oldest)).toBe(false);
    monotonicMs += 60_000;
    await watch.recorderIsFull({ camera_id: cameraId.parse('cam_1') });
    expect(lines).toHaveLength(2);
    await folder.remove();
  });
});
