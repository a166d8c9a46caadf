// A thousand hostile secrets go through every path of five real workers. The workers know all of them, because each
// camera's URL holds 25. Then each secret comes by every way in: HTTP, NATS, a job, a wrong configuration. The test
// keeps and searches whatever the workers say of it anywhere. secrets.int.spec.ts beside this has fewer secrets, and
// real refusals by cameras, NATS, Redis and the object store.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  HOSTILE_KINDS,
  hostileSecrets,
  spawnWorker,
  startNats,
  startRedis,
  temporaryFolder,
  until,
  type App,
  type HostileSecret,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { Queue } from 'bullmq';
import { childrenOf } from '../faults/processes';

const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
const SECRETS = hostileSecrets({ count: 1000, seed: 12 });
const IN_A_URL = 25;
const IN_A_REQUEST = 5;
const AT_ONCE = 8;
const TOKEN = 'the-token-of-this-test';
const QUEUE = 'clips-node1';
const LINE_BYTES = 8192;

const groups = (size: number): HostileSecret[][] =>
  Array.from({ length: Math.ceil(SECRETS.length / size) }, (_, i) => SECRETS.slice(i * size, (i + 1) * size));
const query = (secrets: readonly HostileSecret[]): string =>
  secrets.map(({ value }, i) => `pass${i}=${encodeURIComponent(value)}`).join('&');
/** The secret as a person types it, where YAML and URLs can hold it. */
const typed = ({ value }: HostileSecret): string => (/[\s\p{C}]/u.test(value) ? encodeURIComponent(value) : value);
const cameraUrl = (secrets: readonly HostileSecret[]): string =>
  `rtsp://us@er:${encodeURIComponent(secrets[0]?.value ?? '')}@127.0.0.1:1/x?${query(secrets.slice(1))}`;

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

describe('1,000 hostile secrets', () => {
  let folder: TemporaryFolder;
  let nats: Server;
  let redis: Server;
  let environment: Record<string, string>;
  let client: Awaited<ReturnType<typeof createClient>>;
  let camerasFile: string;
  const workers = new Map<App, WorkerProcess>();
  /** What was said, by its place. */
  const said = new Map<string, string[]>();
  const commandLines = new Set<string>();
  let sampling = true;
  let sampler: Promise<void> | undefined;

  const note = (where: string, text: string): void => {
    const texts = said.get(where);
    if (texts) texts.push(text);
    else said.set(where, [text]);
  };
  const worker = (app: App): WorkerProcess => {
    const found = workers.get(app);
    if (!found) throw new Error(`the ${app} was not started`);
    return found;
  };
  async function ask(app: App, path: string, where: string, init: RequestInit = {}): Promise<string> {
    const all = { headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }, ...init };
    const once = (): Promise<Response> => fetch(`${worker(app).httpUrl}${path}`, all);
    const response = await once().catch(once); // a worker may close an idle connection just as it is used
    const text = await response.text();
    note(
      `${where} of the ${app}`,
      `${response.headers.get('location') ?? ''}${response.headers.get('www-authenticate') ?? ''}${text}`,
    );
    return text;
  }
  async function sampleCommandLines(): Promise<void> {
    while (sampling) {
      for (const { pid } of workers.values()) {
        for (const each of [pid, ...(await childrenOf(pid))]) {
          commandLines.add(await readFile(`/proc/${each}/cmdline`, 'utf8').catch(() => '')); // it may be gone by now
        }
      }
      await new Promise(setImmediate);
    }
  }

  beforeAll(async () => {
    folder = await temporaryFolder('thousand-secrets');
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    camerasFile = join(folder.path, 'cameras.yaml');
    const cameras = groups(IN_A_URL).map((secrets, i) => ({ id: `cam_${i}`, url: cameraUrl(secrets) }));
    await writeFile(camerasFile, JSON.stringify({ cameras }));
    environment = {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      CAMERAS_FILE: camerasFile,
      CONSOLE_API_TOKEN: TOKEN,
      REQUESTS_PER_MINUTE: '1000000',
      LOG_LEVEL: 'debug',
      RECORDINGS_DIR: join(folder.path, 'recordings'),
      CLIPS_DIR: join(folder.path, 'clips'),
      SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
      OBJECTS_DIR: join(folder.path, 'objects'),
    };
    for (const app of APPS) workers.set(app, await spawnWorker(app, environment));
    sampler = sampleCommandLines();
    await Promise.all([...workers.values()].map((each) => each.waitLive(120_000)));
    client = await createClient({ NATS_URL: nats.url });
  }, 180_000);
  afterAll(async () => {
    sampling = false;
    await sampler;
    await client.close();
    await Promise.all([...workers.values()].map((each) => each.stop()));
    await Promise.all([nats.stop(), redis.stop()]);
    await folder.remove();
  });

  it('come to each camera: the recorder tries all of them, and ffmpeg fails', async () => {
    const tried = (i: number): boolean =>
      worker('recorder').logs.some((line) => line.includes(`"camera":"cam_${i}"`) && line.includes('trying again'));
    await until(() => groups(IN_A_URL).every((_, i) => tried(i)), { what: 'each camera tried', deadlineMs: 120_000 });
  }, 130_000);

  it('come by HTTP: paths, queries, bodies and ids that are refused', async () => {
    await eachAtOnce(groups(IN_A_REQUEST), async (secrets) => {
      const path = secrets.map(({ value }) => encodeURIComponent(value)).join('/');
      for (const app of APPS) await ask(app, `/no/such/${path}?${query(secrets)}`, 'an unknown path');
      for (const below of ['/queues/api/queues', '/objects', '/api/cameras']) {
        await ask('console', `${below}/${path}?${query(secrets)}`, `a path below ${below}`);
      }
      for (const [i, { value }] of secrets.entries()) {
        const id = encodeURIComponent(value);
        await ask('console', `/api/cameras/${i % 2 === 0 ? id : 'cam_0'}/timeline?start=${id}&end=${id}`, 'a timeline');
        await ask('console', `/api/clips?camera=${id}&before=${id}&limit=${id}`, 'a list');
        const whole = JSON.stringify({ start: value, end: value, timestamp: value, [value]: 1 });
        const body = i % 2 === 0 ? `{"start": ${value}` : whole;
        const route = ['clip', 'snapshot', 'protect'][i % 3] ?? '';
        await ask('console', `/api/cameras/cam_1/${route}`, 'a post', { method: 'POST', body });
      }
    });
  }, 240_000);

  it('come by NATS: requests, events and frames that are refused', async () => {
    for (const subject of ['clip.failed', 'snapshot.failed', 'clip.ready', 'snapshot.ready']) {
      const callback = (error: Error | null, message: { string(): string }): void => {
        if (!error) note(`NATS ${subject}`, message.string());
      };
      client.subscribe(`seguranca.record.${subject}`, { callback });
    }
    await eachAtOnce(SECRETS, async ({ value }) => {
      const bodies: [string, string][] = [
        ['seguranca.record.snapshot', JSON.stringify({ camera_id: 'cam_0', timestamp: value })],
        ['seguranca.record.clip', JSON.stringify({ camera_id: 'cam_0', start: value, end: [value] })],
        ['seguranca.record.protect', JSON.stringify({ camera_id: value, start: 1, end: 2 })],
        ['seguranca.record.unprotect', JSON.stringify({ protection_id: value })],
        ['seguranca.record.clip', `no JSON: ${value}`],
        ['seguranca.record.snapshot', `{"camera_id": ${value}`],
      ];
      for (const [subject, body] of bodies) {
        const answer = await client.request(subject, body, { timeout: 30_000 });
        note(`the answer of ${subject}`, answer.string());
      }
      const event = { camera_id: 'cam_0', timestamp: value, pre_seconds: value };
      client.publish('seguranca.event.person', JSON.stringify(event));
      client.publish('seguranca.event.person', `no JSON: ${value}`);
      const url = `http://admin:${encodeURIComponent(value)}@127.0.0.1:1/x.jpg`;
      client.publish(
        'seguranca.camera.frame',
        JSON.stringify({ camera_id: 'cam_0', timestamp: Date.now() / 1000, url }),
      );
    });
    // There is no line for each, because what is refused without end is told from time to time.
    await until(() => said.has('NATS clip.failed'), { what: 'an event refused', deadlineMs: 60_000 });
  }, 240_000);

  it('come in jobs that fail: what the queue and the board show of their reasons', async () => {
    const queue = new Queue(QUEUE, { connection: { port: redis.port } });
    const forged = SECRETS.map(({ value }, i) => ({
      name: 'clip',
      data: { cameraId: value, clipId: `rtsp://a:${value}@h/x` },
      opts: { jobId: `forged-${i}`, attempts: 1 },
    }));
    await queue.addBulk(forged);
    const allFailed = async () => {
      const jobs = await queue.getFailed(0, 2 * SECRETS.length);
      return jobs.length >= SECRETS.length && jobs;
    };
    const failed = await until(allFailed, { what: 'all jobs failed', deadlineMs: 120_000 });
    for (const { failedReason, stacktrace } of failed)
      note('a failed job', JSON.stringify({ failedReason, stacktrace }));
    for (let page = 1; page <= SECRETS.length / 100; page++) {
      const path = `/queues/api/queues?activeQueue=${QUEUE}&status=failed&page=${page}&jobsPerPage=100`;
      const text = await ask('console', path, 'not kept: it shows the data that we forged');
      const board = JSON.parse(text) as { queues: { jobs: { failedReason: string; stacktrace: unknown }[] }[] };
      for (const { failedReason, stacktrace } of board.queues.flatMap(({ jobs }) => jobs)) {
        note('the board', JSON.stringify({ failedReason, stacktrace }));
      }
    }
    said.delete('not kept: it shows the data that we forged of the console');
    expect(said.get('the board')).toHaveLength(SECRETS.length);
    await queue.close();
  }, 180_000);

  it('come in a file of cameras with a thousand faults: running workers tell them, new ones end with 78', async () => {
    const faulty = SECRETS.map((secret, i) => ({
      id: `bad_${i}`,
      url: `http://admin:${typed(secret)}@10.0.0.1/x`,
      [`pw-${secret.value}`]: 1,
      retention_days: secret.value,
    }));
    await writeFile(camerasFile, JSON.stringify({ cameras: faulty }));
    for (const app of APPS) {
      const saysSo = async (): Promise<boolean> =>
        (await ask(app, '/health/ready', 'health')).includes('CAMERAS_FILE is wrong');
      await until(saysSo, { what: `the ${app} says so`, deadlineMs: 60_000 });
    }
    for (const app of ['recorder', 'console'] satisfies App[]) {
      const ending = await spawnWorker(app, environment);
      expect((await ending.exited).code).toBe(78);
      note(`the end of a ${app}`, ending.logs.join('\n'));
      expect(ending.logs.join('\n')).toMatch(/The configuration has \d{4} faults:[^]*cameras\.0\.[^]*cameras\.999\./);
    }
  }, 180_000);

  it('none is seen', async () => {
    for (const app of APPS) for (const path of ['/health/ready', '/metrics']) await ask(app, path, path);
    await ask('console', '/api/cameras', 'the cameras');
    for (const [app, { logs }] of workers) {
      expect(logs.filter((line) => Buffer.byteLength(line) >= LINE_BYTES)).toEqual([]);
      note(`the log of the ${app}`, logs.join('\n'));
    }
    note('the process list', [...commandLines].join('\n'));
    expect([...commandLines].filter((line) => line.startsWith('ffmpeg')).length).toBeGreaterThan(30);
    const seen: string[] = [];
    for (const [where, texts] of said) {
      const text = texts.join('\n');
      for (const { kind, value, pieces } of SECRETS) {
        const piece = (pieces.length > 0 ? pieces : [value]).find((each) => text.includes(each));
        if (piece !== undefined) seen.push(`${kind}: ${piece} in ${where}: ${around(text, piece)}`);
      }
    }
    expect(seen.slice(0, 5)).toEqual([]);
    expect(new Set(SECRETS.map(({ kind }) => kind)).size).toBe(Object.keys(HOSTILE_KINDS).length);
    const characters = [...said.values()].flat().reduce((sum, text) => sum + text.length, 0);
    process.stdout.write(`${SECRETS.length} secrets, ${said.size} places, ${characters} characters: none seen\n`);
  }, 120_000);
});

function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  return text.slice(Math.max(0, at - 100), at + piece.length + 60);
}
