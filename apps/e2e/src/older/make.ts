// Makes the data folder of a version: what a house has on disk and in Redis when it is killed in the middle of its
// work. Run it in a checkout of that version, as the README.md of the fixtures says:
//   node --import ./tools/typescript.mjs apps/e2e/src/older/make.ts FOLDER
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import { startCamera, startNats, startRedis, startWorker, until, type App, type WorkerProcess } from '@vr/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { redisContent } from './redis-content';

const folder = process.argv[2];
if (folder === undefined) throw new Error('wanted the folder to make');
const at = (...names: string[]): string => join(folder, ...names);

const cameras = await Promise.all([1, 2, 3].map((n) => startCamera({ cameras: [n], size: '128x72', gopSeconds: 2 })));
const nats = await startNats();
const redis = await startRedis();
const environment = {
  NATS_URL: nats.url,
  REDIS_URL: redis.url,
  RECORDINGS_DIR: at('recordings'),
  CLIPS_DIR: at('clips'),
  SNAPSHOTS_DIR: at('snapshots'),
  OBJECTS_DIR: at('objects'),
  SEGMENT_SECONDS: '8',
  CLIP_PRE_SECONDS: '1',
  CLIP_POST_SECONDS: '1',
  CLIP_MERGE: 'overlapping',
  ...Object.fromEntries(cameras.map((camera, i) => [`CAMERA_CAM_${i + 1}_URL`, camera.url(i + 1)])),
};
const start = (app: App, more: Record<string, string> = {}): Promise<WorkerProcess> =>
  startWorker(app, { ...environment, ...more });
const client = await createClient({ NATS_URL: nats.url });
const heard: string[] = [];
const listen = (on: typeof client): void =>
  void on.subscribe('seguranca.record.>', {
    callback: (_, message) => void heard.push(`${message.subject} ${message.string()}`),
  });
listen(client);
await client.flush();
const publish = async (event_id: string, payload: object): Promise<void> => {
  client.publish('seguranca.event.person', JSON.stringify({ camera_id: 'cam_1', event_id, note: 'ü', ...payload }));
  await client.flush();
};
const ask = async (subject: string, payload: object): Promise<Record<string, unknown>> =>
  (await client.request(subject, JSON.stringify(payload), { timeout: 10_000 })).json();
const nowSeconds = (): number => Date.now() / 1000;

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
const files = async (name: string): Promise<string[]> =>
  (await readdir(at(name), { recursive: true }).catch(() => [])).filter((path) => !path.includes('/.'));
/** The state of every clip's or snapshot's record, by its event. */
async function states(name: 'clips' | 'snapshots'): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const open =
    name === 'snapshots' ? (await readdir(at(name, '.outbox')).catch(() => [])).map((n) => `.outbox/${n}`) : [];
  for (const path of [...(await files(name)), ...open].filter((each) => each.endsWith('.json'))) {
    const text = await read(at(name, path));
    if (text === '') continue;
    const record = JSON.parse(text) as {
      state: string;
      event_id?: string;
      request_id?: string;
      job?: { eventId: string };
    };
    found[record.job?.eventId ?? record.event_id ?? record.request_id ?? path] = record.state;
  }
  return found;
}
const reached = (name: 'clips' | 'snapshots', id: string, state: string): Promise<unknown> =>
  until(async () => (await states(name))[id] === state, { what: `${state} of ${id} in ${name}`, deadlineMs: 40_000 });
const footageOf = async (camera: string): Promise<string[]> =>
  (await readdir(at('recordings', camera), { recursive: true }).catch(() => [])).filter((path) =>
    path.endsWith('.mp4'),
  );

let recorder = await start('recorder');
const [clipper, snapshotter, janitor] = await Promise.all([start('clipper'), start('snapshotter'), start('janitor')]);
await until(async () => (await footageOf('cam_1')).some((path) => !path.includes('.part.')), {
  what: 'a closed segment',
  deadlineMs: 60_000,
});

// What is over: announced, merged, failed; by event and by hand.
await publish('announced', { timestamp: nowSeconds() - 5 });
await publish('joined', { timestamp: nowSeconds() - 4.9 });
await publish('no footage', { timestamp: nowSeconds() - 3600 });
const end = nowSeconds() - 1;
await ask('seguranca.record.clip', { camera_id: 'cam_2', start: end - 3, end, request_id: 'by hand' });
await ask('seguranca.record.snapshot', { camera_id: 'cam_2', request_id: 'asked' });
for (const id of ['announced', 'by hand']) await reached('clips', id, 'announced');
await reached('clips', 'no footage', 'failed');
await reached('snapshots', 'announced', 'announced');

// Protections: one for ever, one that will be over, one that was taken back. The audit tells of all three.
const range = { start: nowSeconds() - 9, end: nowSeconds() - 4, by: 'Ana' };
await ask('seguranca.record.protect', { camera_id: 'cam_2', ...range, reason: 'kept for ever' });
await ask('seguranca.record.protect', {
  camera_id: 'cam_3',
  ...range,
  reason: 'over soon',
  expires: nowSeconds() + 60,
});
const taken = await ask('seguranca.record.protect', { camera_id: 'cam_3', ...range, reason: 'a mistake' });
await ask('seguranca.record.unprotect', { protection_id: taken['protection_id'], by: 'Ana' });
await janitor.stop();

// The recorder is killed and comes back, and so is a camera: lines in gaps.jsonl.
await recorder.kill();
recorder = await start('recorder');
const [, second, third] = cameras;
const gapLines = (camera: string) => async (): Promise<boolean> =>
  (await files(`recordings/${camera}`)).some((path) => path.endsWith('gaps.jsonl'));
await until(gapLines('cam_1'), { what: 'the gap of a killed recorder', deadlineMs: 40_000 });
// From here on cam_1 runs for longer than the 20 s in which a run may move its name.
const settledMs = Date.now() + 30_000;

// Clips on their way, in every state. Their windows end before the camera's footage does, or long after it.
await publish('uploaded', { timestamp: nowSeconds() });
await publish('cut', { camera_id: 'cam_2', timestamp: nowSeconds(), post_seconds: 10 });
await publish('delayed', { camera_id: 'cam_3', timestamp: nowSeconds(), post_seconds: 200 });
await publish('joins', { camera_id: 'cam_3', timestamp: nowSeconds(), post_seconds: 210 });
const startOfWaiting = nowSeconds() - 1;
await ask('seguranca.record.clip', {
  ...{ camera_id: 'cam_1', request_id: 'waiting' },
  ...{ start: startOfWaiting, end: startOfWaiting + 200 },
});
for (const id of ['uploaded', 'cut', 'delayed', 'waiting']) await reached('clips', id, 'claimed');
await reached('clips', 'joins', 'merged');
for (const id of ['uploaded', 'cut', 'delayed', 'joins']) await reached('snapshots', id, 'announced');
await nats.kill();
await reached('clips', 'uploaded', 'uploaded');
// The store is away: a file lies where its folder was.
await rename(at('objects'), at('objects.away'));
await writeFile(at('objects'), '');
await reached('clips', 'cut', 'cut');
await clipper.kill();
await nats.restart();
await until(() => client.flush().then(() => true), { what: 'NATS', deadlineMs: 20_000 });

// A picture that is taken and not stored, and one that is only claimed: its footage is not there yet.
await publish('taken', { timestamp: nowSeconds() - 2 });
await reached('snapshots', 'taken', 'taken');
process.kill(recorder.pid, 'SIGSTOP');
await publish('claimed', { timestamp: nowSeconds() });
await reached('snapshots', 'claimed', 'claimed');
await snapshotter.kill();
process.kill(recorder.pid, 'SIGCONT');
await rm(at('objects'));
await rename(at('objects.away'), at('objects'));

// At the end cam_1 has an open segment of a settled run, cam_2 one of a young run, cam_3 an open gap.
await third?.kill();
await until(async () => (await read(at('recordings/cam_3/gap.json'))) !== '', { what: 'the gap', deadlineMs: 40_000 });
await until(
  async () => Date.now() > settledMs && (await footageOf('cam_1')).some((path) => path.endsWith('.part.mp4')),
  {
    what: 'an open segment',
    deadlineMs: 40_000,
  },
);
await second?.kill();
await until(async () => (await read(at('recordings/cam_2/gap.json'))) !== '', { what: 'the gap', deadlineMs: 40_000 });
await second?.restart();
await until(async () => (await footageOf('cam_2')).some((path) => path.endsWith('.part.mp4')), {
  what: 'a young run, whose gap is still open',
  deadlineMs: 40_000,
});
await recorder.kill();

// A job that waits for a worker, beside those that wait for their time.
const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
const queue = new Queue('clips-node1', { connection, skipVersionCheck: true });
const delayed = await queue.getDelayed();
await delayed.find(({ data }) => (data as { eventId?: string }).eventId === 'waiting')?.promote();
await writeFile(at('redis.json'), `${JSON.stringify(await redisContent(connection), undefined, 1)}\n`);
const [clips, snapshots] = [await states('clips'), await states('snapshots')];
process.stdout.write(
  `${JSON.stringify({ clips, snapshots, jobs: await queue.getJobCounts(), heard }, undefined, 1)}\n`,
);
await queue.close();
connection.disconnect();
await client.close();
await Promise.all([...cameras, nats, redis].map((server) => server.stop()));
