// Every secret of a house, of every hostile kind, goes through every path of real workers. Cameras, NATS, Redis and the
// object store refuse the secrets. The configuration is wrong, and jobs fail. Nothing that a worker then says or writes
// anywhere holds one of them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import { freePort, spawnWorker, startNats, startRedis, until } from '@vr/testing';
import { Redis } from 'ioredis';
import {
  all,
  APPS,
  CLOSED,
  first,
  KINDS,
  NOWHERE,
  REDIS,
  second,
  startHouse,
  STORE,
  STORE_KEY,
  TOKEN,
  type House,
} from './secret-house';

const LINE_BYTES = 8192;

describe('with secrets of every hostile kind', () => {
  let house: House;
  let client: Awaited<ReturnType<typeof createClient>>;

  beforeAll(async () => {
    house = await startHouse();
  }, 180_000);
  afterAll(async () => {
    await client.close();
    await house.stop();
  });

  it('which cameras and the object store refuse: requests, events and jobs fail', async () => {
    for (const id of ['cam_0', `cam_${KINDS.length - 1}`, 'path', 'nowhere'])
      await house.worker('recorder').waitLog(new RegExp(`"camera":"${id}".*trying again`), 60_000);
    client = await createClient({ NATS_URL: house.environment['NATS_URL'] ?? '' });
    client.subscribe('>', {
      callback: (error, message) => {
        if (!error)
          house.note(`NATS ${message.subject}`, `${message.string()} ${JSON.stringify([...(message.headers ?? [])])}`);
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
    // Other tests say whether each is answered. This one says what the answers hold.
    await Promise.allSettled(
      requests.map(async ([subject, body]) =>
        house.note(
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
    await until(() => house.said.has('NATS seguranca.record.clip.failed'), { what: 'clip.failed', deadlineMs: 60_000 });
    await house.askEverything();
    const board = await house.ask(
      'console',
      '/queues/api/queues?activeQueue=clips-node1&status=failed&page=1&jobsPerPage=50',
    );
    const ids = (JSON.parse(board) as { queues: { jobs: { id: string }[] }[] }).queues.flatMap(({ jobs }) =>
      jobs.map(({ id }) => id),
    );
    for (const id of ids)
      for (const path of ['', '/logs'])
        await house.ask('console', `/queues/api/queues/clips-node1/${encodeURIComponent(id)}${path}`);
    expect(ids.length).toBeGreaterThan(0);
  }, 180_000);

  it('while CAMERAS_FILE becomes no YAML, then no cameras, then has other secrets', async () => {
    const said78 = (words: RegExp): Promise<unknown> =>
      Promise.all(
        APPS.map((app) =>
          until(async () => words.test(await house.ask(app, '/health/ready')), {
            what: `${words.source} of the ${app}`,
            deadlineMs: 20_000,
          }),
        ),
      );
    await writeFile(
      house.camerasFile,
      `${house.cameras(first, 'CAM_A')}  - {id: x, url: 'rtsp://admin:${CLOSED.value}@10.0.0.1/x\n`,
    );
    await said78(/is no YAML/);
    await writeFile(
      house.camerasFile,
      `cameras:\n  - {id: cam_1, url: rtsp://admin:pa55word,s1lent,${CLOSED.value.replace(/[%,]/g, '')}@10.0.0.1/x}\n`,
    );
    await said78(/CAMERAS_FILE is wrong/);
    await writeFile(house.camerasFile, house.cameras(second, 'CAM_B'));
    await house.worker('recorder').waitLog(/CAMERAS_FILE changed/);
    await said78(/cameras configured/);
  }, 120_000);

  it('which NATS and Redis refuse', async () => {
    await Promise.all([house.nats.stop(), house.redis.stop()]);
    const [otherNats, otherRedis] = await Promise.all([
      startNats({ port: house.nats.port, user: 'us@er', password: 'not-the-same' }),
      startRedis({ port: house.redis.port, password: 'not-the-same' }),
    ]);
    try {
      await house.worker('clipper').waitLog(/WRONGPASS/, 30_000);
      for (const app of APPS) await house.worker(app).waitLog(/Authorization Violation/i, 60_000);
      await house.askEverything();
    } finally {
      await Promise.all([otherNats.stop(), otherRedis.stop()]);
      await Promise.all([house.nats.restart(), house.redis.restart()]);
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
      const started = await spawnWorker('console', { ...house.environment, ...settings });
      const { code } = await Promise.race([started.exited, started.waitLive().then(() => started.stop())]);
      house.note(
        `the end of a console with a wrong ${Object.keys(settings).join(', ')} (${i})`,
        started.logs.join('\n'),
      );
      expect(code).toBe(78);
    }
    const impossible = await spawnWorker('clipper', {
      ...house.environment,
      REDIS_URL: `redis://:${REDIS.value}@127.0.0.1:${await freePort()}x`,
    });
    await Promise.race([impossible.exited, impossible.waitLive()]);
    await impossible.stop();
    house.note('a clipper with an impossible REDIS_URL', impossible.logs.join('\n'));
  }, 120_000);

  it('none is seen in what workers say, send and write, nor in the process list; no line is over 8 KB', async () => {
    for (const [app, { logs }] of house.workers) {
      for (const line of logs) expect(Buffer.byteLength(line)).toBeLessThan(LINE_BYTES);
      house.note(`the log of the ${app}`, logs.join('\n'));
    }
    for (const path of await readdir(house.folder.path, { recursive: true })) {
      if (!/\.(json|jsonl|log)$/.test(path)) continue;
      house.note(`the file ${path}`, await readFile(join(house.folder.path, path), 'utf8'));
    }
    const store = new Redis({ port: house.redis.port, password: REDIS.value });
    for (const key of await store.keys('*'))
      house.note(
        `Redis ${key}`,
        `${key} ${JSON.stringify(
          await store
            .hgetall(key)
            .catch(() => store.lrange(key, 0, -1))
            .catch(() => ''),
        )}`,
      );
    store.disconnect();

    const places = [...house.said.keys()];
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
      for (const [where, texts] of house.said) {
        for (const piece of [value, ...pieces]) {
          const text = texts.find((each) => each.includes(piece));
          if (text !== undefined) seen.push(`${kind}: ${piece} in ${where}: ${around(text, piece)}`);
        }
      }
    }
    expect([...new Set(seen)]).toEqual([]);
    expect([...house.said.values()].flat().filter((text) => /pa55word|s1lent/.test(text))).toEqual([]);
  }, 60_000);
});

function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  return text.slice(Math.max(0, at - 60), at + piece.length + 60);
}
