import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCamera, until, type Camera } from '@vr/testing';
import { Rig } from './rig';

/** The recorder itself ends, in order or not, and another one goes on. */
describe('a recorder that', () => {
  let camera: Camera;
  let rig: Rig;

  beforeEach(async () => {
    camera = await startCamera();
    rig = await Rig.start(camera.url(1));
    await rig.recorded();
  });
  afterEach(async () => {
    await rig.end();
    await camera.stop();
  });

  it('is killed: killed, with all that it wrote', async () => {
    await rig.worker.kill();
    await rig.restart();
    await rig.recovers();
    await rig.provesOneGap('recorder_killed');
  });

  it('is stopped: stopped', async () => {
    expect(await rig.worker.stop()).toEqual({ code: 0, signal: null });
    await rig.restart();
    await rig.recovers();
    await rig.provesOneGap('recorder_stopped');
  });

  it("is killed while the camera is away, and comes back after it: the camera's own reason stands", async () => {
    await camera.kill();
    await rig.says('offline', 'camera_refused');
    await rig.worker.kill();
    await camera.restart();
    await rig.restart();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it('is killed twice, the second time while the first gap may still move: both are told', async () => {
    await camera.kick();
    await rig.recovers();
    const openGap = await until(() => readFile(join(rig.recordingsDir, 'cam_1', 'gap.json'), 'utf8'), {
      what: 'the gap that is not written yet',
      deadlineMs: 5000,
    });
    expect(JSON.parse(openGap)).toMatchObject({ reason: 'camera_disconnected' });
    await rig.worker.kill();
    await rig.restart();
    await rig.recovers();
    await rig.worker.kill();
    await rig.restart();
    await rig.recovers();
    await rig.provesGaps(['camera_disconnected', 'recorder_killed', 'recorder_killed']);
  });

  it('is stopped before its first fragment: nothing is invented', async () => {
    await rig.worker.stop();
    await rig.restart();
    await rig.worker.stop();
    await rig.restart();
    await rig.recovers();
    await rig.provesOneGap('recorder_stopped');
  });
});
