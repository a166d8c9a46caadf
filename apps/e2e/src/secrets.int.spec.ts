// Every secret that a house has, of every hostile kind, through every path of real workers: cameras, NATS, Redis and
// the object store refuse them, the configuration is wrong, jobs fail. Whatever a worker then says or writes anywhere
// holds none of them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  freePort,
  HOSTILE_KINDS,
  hostileSecrets,
  spawnWorker,
  startCamera,
  startNats,
  startObjectServer,
  startRedis,
  temporaryFolder,
  until,
  type App,
  type Camera,
  type HostileSecret,
  type ObjectServer,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { Redis } from 'ioredis';
import { childrenOf } from './faults/processes';

const APPS: App[] = ['recorder', 'snapshotter', 'clipper', 'janitor', 'console'];
const KINDS = Object.keys(HOSTILE_KINDS);
const LINE_BYTES = 8192;

/** One of each kind for cameras, again for the file's second edition, and for the servers. */
const all = hostileSecrets({ count: KINDS.length * 3, seed: 126 });
const ofRound = (round: number): HostileSecret[] =>
  KINDS.map((kind) => all.filter((secret) => secret.kind === kind)[round]).filter((secret) => secret !== undefined);
const [first, second, others] = [ofRound(0), ofRound(1), ofRound(2)];
const other = (kind: string): HostileSecret => {
  const found = others.find((secret) => secret.kind === kind);
  if (!found) throw new Error(`no secret with ${kind}`);
  return found;
};
const NATS = other('colons');
const REDIS = other('at signs');
const STORE = other('replacements');
const STORE_KEY = other('regular expressions');
const TOKEN = other('shell');
const PATH = other('base64');
const NOWHERE = other('quotes');
const CLOSED = other('percent');

/** As people type it, where that can be read; else as they must encode it. */
const inUrl = ({ value }: HostileSecret): string => (/\s/.test(value) ? encodeURIComponent(value) : value);

describe('with secrets of every hostile kind', () => {
  let folder: TemporaryFolder;
  let camera: Camera;
  let nats: Server;
  let redis: Server;
  let objects: ObjectServer;
  let camerasFile: string;
  let environment: Record<string, string>;
  const workers = new Map<App, WorkerProcess>();
  /** What was said or written, by where. */
  const said = new Map<string, string[]>();
  let client: Awaited<ReturnType<typeof createClient>>;
  let sampling = true;
  let sampler: Promise<void>;

  const note = (where: string, text: string): void => void said.set(where, [...(said.get(where) ?? []), text]);
  const worker = (app: App): WorkerProcess => {
    const found = workers.get(app);
    if (!found) throw new Error(`the ${app} was not started`);
    return found;
  };
  const cameras = (secrets: readonly HostileSecret[], variable: string): string => {
    const entries = secrets.map(
      (_, i) => `  - id: cam_${i}\n    url: 'rtsp://us@er:\${${variable}_${i}}@127.0.0.1:${camera.port}/cam1'\n`,
    );
    return `cameras:\n${entries.join('')}`;
  };
  const special = (): string =>
    [
      `  - {id: path, url: "rtsp://127.0.0.1:${camera.port}/user=admin_password=${PATH.value}_channel=1"}`,
      `  - {id: nowhere, url: ${JSON.stringify(`rtsp://admin:${NOWHERE.value}@127.0.0.1:1/x`)}}`,
    ].join('\n');
  const variables = (secrets: readonly HostileSecret[], variable: string): Record<string, string> =>
    Object.fromEntries(secrets.map((secret, i) => [`${variable}_${i}`, inUrl(secret)]));

  beforeAll(async () => {
    folder = await temporaryFolder('secrets');
    [camera, nats, redis, objects] = await Promise.all([
      startCamera(),
      startNats({ user: 'us@er', password: NATS.value }),
      startRedis({ password: REDIS.value }),
      startObjectServer(),
    ]);
    camerasFile = join(folder.path, 'cameras.yaml');
    await writeFile(camerasFile, `${cameras(first, 'CAM_A')}${special()}\n`);
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, `${TOKEN.value}\n`);
    environment = {
      NATS_URL: `nats://us%40er:${encodeURIComponent(NATS.value)}@127.0.0.1:${nats.port}`,
      REDIS_URL: `redis://:${REDIS.value}@127.0.0.1:${redis.port}`,
      MINIO_ENDPOINT: objects.endpoint,
      MINIO_ACCESS_KEY: STORE_KEY.value,
      MINIO_SECRET_KEY: STORE.value,
      CONSOLE_API_TOKEN_FILE: tokenFile,
      RECORDINGS_DIR: join(folder.path, 'recordings'),
      CLIPS_DIR: join(folder.path, 'clips'),
      SNAPSHOTS_DIR: join(folder.path, 'snapshots'),
      CAMERAS_FILE: camerasFile,
      LOG_LEVEL: 'debug',
      ...variables(first, 'CAM_A'),
      ...variables(second, 'CAM_B'),
    };
    for (const app of APPS) workers.set(app, await spawnWorker(app, environment));
    await Promise.all([...workers.values()].map((each) => each.waitLive(120_000)));
    sampler = sampleCommandLines();
  }, 180_000);
  afterAll(async () => {
    sampling = false;
    await sampler;
    await client.close();
    await Promise.all([...workers.values()].map((each) => each.stop()));
    await Promise.all([camera.stop(), nats.stop(), redis.stop(), objects.stop()]);
    await folder.remove();
  });

  async function sampleCommandLines(): Promise<void> {
    const seen = new Set<string>();
    while (sampling) {
      for (const { pid } of workers.values()) {
        for (const each of [pid, ...(await childrenOf(pid))]) {
          const line = await readFile(`/proc/${each}/cmdline`, 'utf8').catch(() => ''); // it may be gone by now
          if (!seen.has(line)) note('the process list', line);
          seen.add(line);
        }
      }
      await new Promise(setImmediate);
    }
  }

  async function ask(app: App, path: string, init: RequestInit = {}): Promise<string> {
    const headers = { authorization: `Bearer ${TOKEN.value}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${worker(app).httpUrl}${path}`, { ...init, headers });
    const text = await response.text();
    note(`${init.method ?? 'GET'} ${path} of the ${app}`, `${JSON.stringify([...response.headers])} ${text}`);
    return text;
  }

  async function askEverything(): Promise<void> {
    for (const app of APPS) for (const path of ['/health/ready', '/metrics', '/no/such/path']) await ask(app, path);
    for (const path of [
      'cameras',
      'storage',
      'protections',
      'clips',
      'snapshots',
      'cameras/cam_0/timeline?start=1&end=2',
      'cameras/cam_0/snapshot.jpg',
      'cameras/cam_0/footage.m3u8?start=1&end=2',
      'cameras/cam_0/clip.mp4?start=1795435200&end=1795435260',
    ]) {
      await ask('console', `/api/${path}`);
    }
    await ask('console', '/api/cameras', { headers: { authorization: `Bearer x${TOKEN.value}` } });
  }

  it('which cameras and the object store refuse: requests, events and jobs fail', async () => {
    for (const id of ['cam_0', `cam_${KINDS.length - 1}`, 'path', 'nowhere'])
      await worker('recorder').waitLog(new RegExp(`"camera":"${id}".*trying again`), 60_000);
    client = await createClient({ NATS_URL: environment['NATS_URL'] ?? '' });
    client.subscribe('>', {
      callback: (error, message) => {
        if (!error)
          note(`NATS ${message.subject}`, `${message.string()} ${JSON.stringify([...(message.headers ?? [])])}`);
      },
    });
    const nowSeconds = Date.now() / 1000;
    const requests = ['cam_0', 'path', 'no_such'].flatMap((camera_id) =>
      Object.entries({
        'seguranca.record.snapshot': { camera_id, reason: 'x' },
        'seguranca.record.clip': { camera_id, start: nowSeconds - 60, end: nowSeconds - 50 },
        'seguranca.record.protect': { camera_id, start: 5, end: 'x' },
      }),
    );
    // Whether each is answered is for other tests; what the answers hold is for this one.
    await Promise.allSettled(
      requests.map(async ([subject, body]) =>
        note(
          `the answer of ${subject}`,
          (await client.request(subject, JSON.stringify(body), { timeout: 20_000 })).string(),
        ),
      ),
    );
    client.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_0', timestamp: nowSeconds - 60, event_id: 'e1' }),
    );
    client.publish(
      'seguranca.camera.frame',
      JSON.stringify({ camera_id: 'cam_0', timestamp: nowSeconds, url: 'http://127.0.0.1:1/x.jpg' }),
    );
    client.publish('seguranca.event.person', 'no JSON at all');
    await until(() => said.has('NATS seguranca.record.clip.failed'), { what: 'clip.failed', deadlineMs: 60_000 });
    await askEverything();
    const board = await ask(
      'console',
      '/queues/api/queues?activeQueue=clips-node1&status=failed&page=1&jobsPerPage=50',
    );
    const ids = (JSON.parse(board) as { queues: { jobs: { id: string }[] }[] }).queues.flatMap(({ jobs }) =>
      jobs.map(({ id }) => id),
    );
    for (const id of ids)
      for (const path of ['', '/logs'])
        await ask('console', `/queues/api/queues/clips-node1/${encodeURIComponent(id)}${path}`);
    expect(ids.length).toBeGreaterThan(0);
  }, 180_000);

  it('while CAMERAS_FILE becomes no YAML, then no cameras, then has other secrets', async () => {
    const said78 = (words: RegExp): Promise<unknown> =>
      Promise.all(
        APPS.map((app) =>
          until(async () => words.test(await ask(app, '/health/ready')), {
            what: `${words.source} of the ${app}`,
            deadlineMs: 20_000,
          }),
        ),
      );
    await writeFile(
      camerasFile,
      `${cameras(first, 'CAM_A')}  - {id: x, url: 'rtsp://admin:${CLOSED.value}@10.0.0.1/x\n`,
    );
    await said78(/is no YAML/);
    await writeFile(
      camerasFile,
      `cameras:\n  - {id: cam_1, url: rtsp://admin:pa55word,s1lent,${CLOSED.value.replace(/[%,]/g, '')}@10.0.0.1/x}\n`,
    );
    await said78(/CAMERAS_FILE is wrong/);
    await writeFile(camerasFile, cameras(second, 'CAM_B'));
    await worker('recorder').waitLog(/CAMERAS_FILE changed/);
    await said78(/cameras configured/);
  }, 120_000);

  it('which NATS and Redis refuse', async () => {
    await Promise.all([nats.stop(), redis.stop()]);
    const [otherNats, otherRedis] = await Promise.all([
      startNats({ port: nats.port, user: 'us@er', password: 'not-the-same' }),
      startRedis({ port: redis.port, password: 'not-the-same' }),
    ]);
    try {
      await worker('clipper').waitLog(/WRONGPASS/, 30_000);
      for (const app of APPS) await worker(app).waitLog(/Authorization Violation/i, 60_000);
      await askEverything();
    } finally {
      await Promise.all([otherNats.stop(), otherRedis.stop()]);
      await Promise.all([nats.restart(), redis.restart()]);
    }
  }, 120_000);

  it('that stand in a wrong configuration', async () => {
    const wrong: Record<string, string>[] = [
      {
        REDIS_URL: `:${REDIS.value}@127.0.0.1:6379`,
        MINIO_ENDPOINT: `http://${STORE_KEY.value}:${STORE.value}@127.0.0.1:9000`,
        CONSOLE_PUBLIC_URL: `//admin:${TOKEN.value}@127.0.0.1`,
        CONSOLE_API_TOKEN: TOKEN.value,
      },
      {
        REDIS_URL: `${REDIS.value}@127.0.0.1:6379`,
        MINIO_ENDPOINT: `${STORE_KEY.value}:${STORE.value}@127.0.0.1:9000`,
        CONSOLE_PUBLIC_URL: TOKEN.value,
      },
      {
        CAMERAS_FILE: '',
        CAMERA_CAM_1_URL: `http://admin:${NOWHERE.value}@10.0.0.1/x`,
        CAMERA_CAM_2_URL: `admin:${NOWHERE.value}@10.0.0.1/x`,
      },
    ];
    for (const [i, settings] of wrong.entries()) {
      const started = await spawnWorker('console', { ...environment, ...settings });
      const { code } = await Promise.race([started.exited, started.waitLive().then(() => started.stop())]);
      note(`the end of a console with a wrong ${Object.keys(settings).join(', ')} (${i})`, started.logs.join('\n'));
      expect(code).toBe(78);
    }
    const impossible = await spawnWorker('clipper', {
      ...environment,
      REDIS_URL: `redis://:${REDIS.value}@127.0.0.1:${await freePort()}x`,
    });
    await Promise.race([impossible.exited, impossible.waitLive()]);
    await impossible.stop();
    note('a clipper with an impossible REDIS_URL', impossible.logs.join('\n'));
  }, 120_000);

  it('none is seen in logs, health, metrics, answers, NATS, Redis, files and the process list; no line is longer than 8 KB', async () => {
    for (const [app, { logs }] of workers) {
      for (const line of logs) expect(Buffer.byteLength(line)).toBeLessThan(LINE_BYTES);
      note(`the log of the ${app}`, logs.join('\n'));
    }
    for (const path of await readdir(folder.path, { recursive: true })) {
      if (!/\.(json|jsonl|log)$/.test(path)) continue;
      note(`the file ${path}`, await readFile(join(folder.path, path), 'utf8'));
    }
    const store = new Redis({ port: redis.port, password: REDIS.value });
    for (const key of await store.keys('*'))
      note(
        `Redis ${key}`,
        `${key} ${JSON.stringify(
          await store
            .hgetall(key)
            .catch(() => store.lrange(key, 0, -1))
            .catch(() => ''),
        )}`,
      );
    store.disconnect();

    const places = [...said.keys()];
    for (const wanted of [
      'the log of the recorder',
      'the process list',
      'NATS seguranca.record.snapshot.failed',
      'GET /health/ready of the clipper',
      'the file recordings/cam_0/state.json',
    ])
      expect(places).toContain(wanted);
    const seen: string[] = [];
    for (const { kind, value, pieces } of all) {
      for (const [where, texts] of said) {
        for (const piece of [value, ...pieces]) {
          const text = texts.find((each) => each.includes(piece));
          if (text !== undefined) seen.push(`${kind}: ${piece} in ${where}: ${around(text, piece)}`);
        }
      }
    }
    expect([...new Set(seen)]).toEqual([]);
    expect([...said.values()].flat().filter((text) => /pa55word|s1lent/.test(text))).toEqual([]);
  }, 60_000);
});

function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  return text.slice(Math.max(0, at - 60), at + piece.length + 60);
}
