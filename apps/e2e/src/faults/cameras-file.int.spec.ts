import { createClient } from '@vr/messaging';
import { startCamera, startNats, until, type Camera, type Server } from '@vr/testing';
import { childrenOf } from './processes';
import { Rig } from './rig';

interface Status {
  camera_id: string;
  state: string;
  reason?: string;
}

/** `cam_1` comes, changes and goes; `cam_2` knows nothing of it. */
describe('CAMERAS_FILE, while the recorder runs', () => {
  let camera: Camera;
  let nats: Server;
  let client: Awaited<ReturnType<typeof createClient>>;
  let rig: Rig;
  let statuses: Status[];
  const entry = (n: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    id: `cam_${n}`,
    url: camera.url(n),
    ...more,
  });

  beforeEach(async () => {
    [camera, nats] = await Promise.all([startCamera({ cameras: [1, 2, 3] }), startNats({ jetstream: false })]);
    client = await createClient({ NATS_URL: nats.url });
    statuses = [];
    client.subscribe('seguranca.record.status', {
      callback: (error, message) => {
        if (!error) statuses.push(message.json<Status>());
      },
    });
    await client.flush();
    rig = await Rig.start(camera.url(1), { environment: { NATS_URL: nats.url } });
    await rig.configure([entry(1), entry(2)]);
    await Promise.all([rig.recorded(), rig.recorded(0, { cameraId: 'cam_2' })]);
  });
  afterEach(async () => {
    await rig.end();
    await client.close();
    await nats.stop();
    await camera.stop();
  });

  const heard = (wanted: Status): Promise<unknown> =>
    until(
      () =>
        statuses.some((status) =>
          Object.entries(wanted).every(([key, value]) => status[key as keyof Status] === value),
        ),
      {
        what: `${JSON.stringify(wanted)} on NATS`,
        deadlineMs: 15_000,
      },
    );

  it('a camera changes its address, is disabled, and enabled: its gaps say so', async () => {
    const ffmpegs = await childrenOf(rig.worker.pid);
    await rig.configure([entry(1, { url: camera.url(3) }), entry(2)]);
    await rig.recovers();
    await rig.configure([entry(1, { url: camera.url(3), enabled: false }), entry(2)]);
    await heard({ camera_id: 'cam_1', state: 'disabled', reason: 'camera_disabled' });
    const [left, ...others] = await childrenOf(rig.worker.pid);
    expect(others).toEqual([]);
    expect(ffmpegs).toContain(left);
    await rig.recorded(2000, { cameraId: 'cam_2' });
    statuses.length = 0;
    await rig.configure([entry(1), entry(2)]);
    await rig.recovers();
    await heard({ camera_id: 'cam_1', state: 'recording' });
    await rig.provesGaps(['camera_changed', 'camera_disabled']);
    await rig.provesGaps([], 'cam_2');
  });

  it('a camera is removed, and added again: disabled meanwhile', async () => {
    await rig.configure([entry(2)]);
    await heard({ camera_id: 'cam_1', state: 'disabled', reason: 'camera_disabled' });
    await rig.recorded(2000, { cameraId: 'cam_2' });
    expect(await rig.metric('recorder_camera_state{camera="cam_1",state="disabled"}')).toBeUndefined();
    statuses.length = 0;
    await rig.configure([entry(2), entry(1)]);
    await rig.recovers();
    await heard({ camera_id: 'cam_1', state: 'recording' });
    await rig.provesGaps(['camera_disabled']);
    await rig.provesGaps([], 'cam_2');
  });

  it('a bad edit changes nothing, and says what is wrong until it is mended', async () => {
    const ffmpegs = await childrenOf(rig.worker.pid);
    await rig.configure([entry(1, { enabled: false }), entry(2, { url: 'http://no.camera/', colour: 'red' })]);
    await until(async () => (await rig.sentence('cameras file')).includes('cameras.1.url of cam_2: wanted rtsp://'), {
      what: 'the fault in /health/ready',
      deadlineMs: 10_000,
    });
    expect(await rig.sentence('cameras file')).toContain('colour');
    await Promise.all([rig.recorded(2000), rig.recorded(2000, { cameraId: 'cam_2' })]);
    await rig.configure([entry(1), entry(2)]);
    await until(async () => (await rig.sentence('cameras file')) === '2 cameras configured', {
      what: 'no fault in /health/ready',
      deadlineMs: 10_000,
    });
    expect(await childrenOf(rig.worker.pid)).toEqual(ffmpegs);
    await rig.provesGaps([]);
    await rig.provesGaps([], 'cam_2');
  });
});
