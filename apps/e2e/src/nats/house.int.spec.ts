import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady, clipRecord, snapshotReady, SUBJECTS } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { startNats, startWorker, temporaryFolder, until, type App, type WorkerProcess } from '@vr/testing';
import { recorded, startStack, type Stack } from '../stack';
import { houseUsers, type HouseUsers } from './house-users';

const APPS: App[] = ['recorder', 'clipper', 'snapshotter', 'janitor', 'console'];
const RESULTS = ['seguranca.record.*.ready', 'seguranca.record.*.failed', SUBJECTS.status];

describe('a house whose NATS users are those of deploy/nats/users.conf', () => {
  let users: HouseUsers;
  let wholeFile: string;
  let stack: Stack;
  let operator: Awaited<ReturnType<typeof createClient>>;

  beforeAll(async () => {
    users = await houseUsers();
    wholeFile = await readFile(users.usersPath, 'utf8');
    // At first the permissions lack what clipper and snapshotter have to announce.
    await writeFile(
      users.usersPath,
      wholeFile
        .replaceAll('"seguranca.record.clip.ready", "seguranca.record.clip.failed", "_INBOX.>"', '"_INBOX.>"')
        .replaceAll('"seguranca.record.snapshot.ready", "seguranca.record.snapshot.failed", "_INBOX.>"', '"_INBOX.>"'),
    );
    stack = await startStack({
      apps: APPS,
      cameras: [1],
      nats: { jetstream: false, configurationPath: users.path },
      as: (who) => users.settings(who === 'listener' ? 'viewer' : who),
      hears: RESULTS,
      environment: {
        CLIP_PRE_SECONDS: '1',
        CLIP_POST_SECONDS: '1',
        OBJECTS_DIR: (await temporaryFolder('house-objects')).path,
      },
    });
    operator = await createClient({ NATS_URL: stack.nats.url, ...users.settings('operator') });
    await recorded(stack, 'cam_1', 3000);
  }, 200_000);
  afterAll(async () => {
    await operator.close();
    await stack.stop();
  });

  const worker = (app: App): WorkerProcess => stack.workers.get(app) ?? fail(app);
  const fail = (app: App): never => {
    throw new Error(`no ${app} runs`);
  };
  async function natsOf(app: App): Promise<{ state: string; sentence: string }> {
    const { dependencies } = (await (await fetch(`${worker(app).httpUrl}/health/ready`)).json()) as {
      dependencies: Record<string, { state: string; sentence: string }>;
    };
    return dependencies['nats'] ?? { state: 'none', sentence: '' };
  }
  const find = (subject: string, field: string, value: string, deadlineMs = 30_000) =>
    until(() => stack.heard(subject).find((message) => message[field] === value), {
      what: `${subject} of ${value}`,
      deadlineMs,
    });
  const nowSeconds = (): number => Date.now() / 1000;

  it('keeps a clip and a snapshot whose announcement NATS denies, and announces them once it may', async () => {
    const event = { camera_id: 'cam_1', timestamp: nowSeconds(), event_id: 'denied-1' };
    stack.detector.publish('seguranca.event.person', JSON.stringify(event));
    for (const [app, subject] of [
      ['clipper', SUBJECTS.clipReady],
      ['snapshotter', SUBJECTS.snapshotReady],
    ] as const) {
      await until(
        async () => (await natsOf(app)).sentence.includes(`does not let user "${app}" publish to ${subject}`),
        { what: `${app} to say what is denied`, deadlineMs: 30_000 },
      );
      expect((await natsOf(app)).state).toBe('degraded');
    }
    const day = new Date(event.timestamp * 1000).toISOString().slice(0, 10);
    const clip = join(stack.folder, 'clips/cam_1', day, `event_cam_1_${event.timestamp.toFixed(3)}.json`);
    const snapshot = join(
      stack.folder,
      'snapshots/.outbox',
      `cam_1_${new Date(Math.round(event.timestamp * 1000)).toISOString().replaceAll(':', '-')}.json`,
    );
    const stateOf = async (path: string): Promise<unknown> =>
      (JSON.parse(await readFile(path, 'utf8')) as { state: unknown }).state;
    await until(async () => (await stateOf(clip)) === 'uploaded', {
      what: 'the clip to wait for its announcement',
      deadlineMs: 10_000,
    });
    expect(await stateOf(snapshot)).toBe('taken');
    expect([...stack.heard(SUBJECTS.clipReady), ...stack.heard(SUBJECTS.snapshotReady)]).toEqual([]);

    await writeFile(users.usersPath, wholeFile);
    process.kill(stack.nats.pid, 'SIGHUP');
    clipReady.parse(await find(SUBJECTS.clipReady, 'event_id', 'denied-1', 90_000));
    snapshotReady.parse(await find(SUBJECTS.snapshotReady, 'event_id', 'denied-1', 90_000));
    await until(async () => clipRecord.parse(JSON.parse(await readFile(clip, 'utf8'))).state === 'announced', {
      what: 'the record',
      deadlineMs: 5000,
    });
    for (const app of APPS) expect(await natsOf(app)).toMatchObject({ state: 'up' });
  }, 200_000);

  it('lets a detector work: an event becomes a clip, a frame a snapshot, and he hears what is refused', async () => {
    const refused = stack.detector.subscribe(SUBJECTS.clipFailed, { max: 1 });
    stack.detector.publish(
      SUBJECTS.cameraFrame,
      JSON.stringify({ camera_id: 'cam_1', timestamp: nowSeconds(), url: 'http://192.0.2.1/frame.jpg' }),
    );
    stack.detector.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_1', timestamp: nowSeconds(), event_id: 'd-1' }),
    );
    stack.detector.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_1', timestamp: 'yesterday', event_id: 'd-2' }),
    );
    for await (const message of refused)
      expect(message.json()).toMatchObject({ camera_id: 'cam_1', code: 'invalid_payload' });
    await find(SUBJECTS.snapshotReady, 'event_id', 'd-1');
    await find(SUBJECTS.clipReady, 'event_id', 'd-1');
  }, 60_000);

  it('lets a viewer hear states and ask for a snapshot and a clip', async () => {
    const ask = async (subject: string, payload: object): Promise<unknown> =>
      (await stack.listener.request(subject, JSON.stringify(payload), { timeout: 10_000 })).json();
    const end = nowSeconds() - 1;
    expect(
      snapshotReady.parse(await ask(SUBJECTS.recordSnapshot, { camera_id: 'cam_1', request_id: 'v-1' })),
    ).toMatchObject({ request_id: 'v-1' });
    expect(
      await ask(SUBJECTS.recordClip, { camera_id: 'cam_1', start: end - 1, end, request_id: 'v-2' }),
    ).toMatchObject({ queued: true });
    await find(SUBJECTS.clipReady, 'event_id', 'v-2');
    expect(stack.heard(SUBJECTS.status)).not.toEqual([]);
  }, 60_000);

  it('lets an operator, and the console, protect footage and let it go', async () => {
    const ask = async (subject: string, payload: object): Promise<Record<string, unknown>> =>
      (await operator.request(subject, JSON.stringify(payload), { timeout: 10_000 })).json();
    const hold = { start: nowSeconds() - 2, end: nowSeconds() - 1, reason: 'trial 7/26' };
    const { protection_id } = await ask(SUBJECTS.recordProtect, { camera_id: 'cam_1', ...hold });
    expect(await ask(SUBJECTS.recordUnprotect, { protection_id })).toMatchObject({ removed: true });
    const post = async (path: string, body: object): Promise<unknown> => {
      const response = await fetch(`${worker('console').httpUrl}/api/cameras/cam_1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    expect(await post('protect', { ...hold, reason: 'of the console' })).toMatchObject({
      body: { reason: 'of the console' },
    });
    expect(await post('snapshot', {})).toMatchObject({ status: 200, body: { camera_id: 'cam_1' } });
  }, 60_000);

  it('leaves no worker anything to complain of', async () => {
    for (const app of APPS) {
      expect(await natsOf(app)).toMatchObject({ state: 'up' });
      const complaints = worker(app).logs.filter(
        (line) => line.includes('does not let user') && !/clip\.(ready|failed)|snapshot\.(ready|failed)/.test(line),
      );
      expect(complaints).toEqual([]);
    }
  });
});

describe('workers that share one NATS user, as in docker-compose.jetson.yml', () => {
  it('are all ready with the user `worker`, whatever their NODE_ID', async () => {
    const users = await houseUsers();
    const nats = await startNats({ jetstream: false, configurationPath: users.path });
    const folder = (await temporaryFolder('one-user')).path;
    const folders = {
      RECORDINGS_DIR: join(folder, 'recordings'),
      CLIPS_DIR: join(folder, 'clips'),
      SNAPSHOTS_DIR: join(folder, 'snapshots'),
      OBJECTS_DIR: join(folder, 'objects'),
    };
    const snapshotter = await startWorker('snapshotter', {
      NATS_URL: nats.url,
      ...users.settings('worker'),
      NODE_ID: 'attic',
      CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s',
      ...folders,
    });
    await snapshotter.waitLog(/events are durable/);
    await snapshotter.waitReady();
    expect(snapshotter.logs.filter((line) => line.includes('does not let'))).toEqual([]);
    await snapshotter.stop();
    await nats.stop();
  }, 60_000);
});
