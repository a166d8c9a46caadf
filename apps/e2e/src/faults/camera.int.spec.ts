import { readRange } from '@vr/footage';
import { freePort, startCamera, startLink, until, type Camera } from '@vr/testing';
import { Rig } from './rig';

/** Every fault of a camera has a state, a reason and an end. */
describe('a camera that', () => {
  let camera: Camera;
  let rig: Rig;

  beforeEach(async () => {
    camera = await startCamera({ cameras: [1, 2] });
    rig = await Rig.start(camera.url(1));
    await rig.recorded();
  });
  afterEach(async () => {
    await rig.end();
    await camera.stop();
  });

  it('dies, is away for a while and comes back: refused', async () => {
    await camera.kill();
    await rig.says('offline', 'camera_refused');
    await camera.restart();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it('drops the connection: disconnected', async () => {
    await camera.kick();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it('comes back with another password: unauthorized', async () => {
    await camera.kill();
    const stranger = await startCamera({ cameras: [1], port: camera.port, password: 'changed' });
    await rig.says('offline', 'camera_unauthorized');
    await stranger.kill();
    await camera.restart();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it('comes back without the stream: not found', async () => {
    await camera.kill();
    const other = await startCamera({ cameras: [2], port: camera.port });
    await rig.says('offline', 'camera_not_found');
    await other.kill();
    await camera.restart();
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  });

  it('sends no pictures while RTSP lives: stalled', async () => {
    await camera.stall(1);
    await rig.says('stalled', 'camera_stalled');
    await camera.resume(1);
    await rig.recovers();
    await rig.provesOneGap('camera_stalled');
  });

  it('hangs with its connections open: stalled, and timeout for new connections', async () => {
    camera.freeze();
    await rig.says('stalled', 'camera_stalled');
    await rig.says('offline', 'camera_timeout');
    camera.thaw();
    await rig.recovers();
    await rig.provesOneGap('camera_stalled');
  });
});

it('a camera that has sound and no pictures any more: no video', async () => {
  const camera = await startCamera({ audio: 'pcma' });
  let blind = false;
  const link = await startLink({
    port: camera.port,
    onDescription: (sdp) => (blind ? sdp.replace(/^m=video[^]*?(?=^m=)/m, '') : sdp),
  });
  const rig = await Rig.start(link.url(camera.url(1)));
  try {
    await rig.recorded();
    blind = true;
    await camera.kick();
    await rig.says('offline', 'camera_no_video');
    blind = false;
    await rig.recovers();
    await rig.provesOneGap('camera_disconnected');
  } finally {
    await rig.end();
    link.close();
    await camera.stop();
  }
});

it('a camera that was never there: missing footage has its reason, refused', async () => {
  const rig = await Rig.start(`rtsp://127.0.0.1:${await freePort()}/live`);
  try {
    await rig.says('offline', 'camera_refused');
    const askedMs = Date.now();
    const reason = async (): Promise<unknown> =>
      (await readRange(rig.recordingsDir, 'cam_1', askedMs, askedMs + 1000)).gaps[0]?.reason;
    await until(async () => (await reason()) === 'camera_refused', { what: 'the reason', deadlineMs: 10_000 });
  } finally {
    await rig.end();
  }
});
