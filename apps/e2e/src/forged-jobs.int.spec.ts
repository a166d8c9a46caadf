import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  startNats,
  startRedis,
  startWorker,
  temporaryFolder,
  treeOf,
  until,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const QUEUE = 'clips-n1';
const NOW = Date.now();
const AT = NOW - 60_000;
const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const idOf = (identity: string): string => createHash('sha256').update(identity).digest('hex').slice(0, 32);

/** Whoever reaches Redis can add jobs to the queue of clips. */
describe('a clipper whose Redis somebody else reaches, too', () => {
  let folder: TemporaryFolder;
  let nats: Server;
  let redis: Server;
  let worker: WorkerProcess;
  let queue: Queue;
  let look: Redis;
  let client: Awaited<ReturnType<typeof createClient>>;
  const failed: Record<string, unknown>[] = [];
  const at = (...parts: string[]): string => join(folder.path, ...parts);

  beforeAll(async () => {
    [folder, nats, redis] = await Promise.all([
      temporaryFolder('forged'),
      startNats({ jetstream: true }),
      startRedis(),
    ]);
    const day = new Date(AT).toISOString().slice(0, 10);
    for (const path of [
      ['clips', 'cam_1', day],
      ['outside', day],
      ['recordings', 'cam_1', day],
      ['recordings', 'cam_2', day],
    ])
      await mkdir(at(...path), { recursive: true });
    await writeFile(at('outside', 'victim.json'), '{"as": "it was"}');
    await writeFile(
      at('recordings', 'cam_1', day, `cam_1_${day.replaceAll('-', '')}_000000.000Z_1000.mp4`),
      'a closed segment',
    );
    await symlink('../outside', at('clips', 'cam_2'));
    const environment = {
      ...{
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        NODE_ID: 'n1',
        RECORDINGS_DIR: at('recordings'),
        CLIPS_DIR: at('clips'),
        OBJECTS_DIR: at('objects'),
      },
      ...{ CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/1', CAMERA_CAM_2_URL: 'rtsp://127.0.0.1:9/2' },
    };
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe('seguranca.record.clip.failed', { callback: (_, message) => void failed.push(message.json()) });
    worker = await startWorker('clipper', environment);
    await worker.waitReady();
    const { hostname: host, port } = new URL(redis.url);
    queue = new Queue(QUEUE, { connection: { host, port: Number(port) } });
    look = new Redis(redis.url);
  }, 60_000);
  afterAll(async () => {
    await queue.close();
    look.disconnect();
    await worker.stop();
    await client.close();
    await Promise.all([nats.stop(), redis.stop()]);
    await folder.remove();
  }, 30_000);

  const tree = (): string[] => [...treeOf(at('clips')), ...treeOf(at('outside')), ...treeOf(at('recordings'))];
  const good = (identity: string): Record<string, unknown> => ({
    clipId: `event_cam_1_${seconds(AT)}`,
    ...{
      identity,
      eventId: 'e',
      eventType: 'person',
      cameraId: 'cam_1',
      timestampMs: AT,
      startMs: AT - 1000,
      endMs: AT + 1000,
      source: {},
    },
  });
  const add = async (data: unknown, jobId: string): Promise<string> =>
    (await queue.add('cam_1 person', data, { jobId, attempts: 20 })).id ?? '';
  /** How a job ended: what BullMQ keeps of it. */
  const ended = async (id: string): Promise<{ state: string; reason: string; attempts: number }> => {
    const isOver = async (): Promise<string | undefined> => {
      const found = await queue.getJobState(id);
      return ['failed', 'completed', 'delayed'].includes(found) ? found : undefined;
    };
    const state = await until(isOver, { what: `the end of ${id}`, deadlineMs: 20_000 });
    const job = await queue.getJob(id);
    return { state, reason: String(job?.failedReason), attempts: job?.attemptsMade ?? 0 };
  };

  it.each<[string, (identity: string) => unknown, RegExp]>([
    [
      'a path behind its clip id',
      (i) => ({ ...good(i), clipId: `event_cam_1_${seconds(AT)}/../../../../outside/victim` }),
      /clipId: wanted a clip id/,
    ],
    ['nothing but a path for a clip id', (i) => ({ ...good(i), clipId: 'x/../../../..' }), /clipId: wanted a clip id/],
    ['a path for a camera', (i) => ({ ...good(i), cameraId: '../../x' }), /cameraId: wanted a camera id/],
    [
      'a clip id of another camera',
      (i) => ({ ...good(i), cameraId: 'cam_2' }),
      /cameraId: wanted cam_1, as clipId says, got cam_2/,
    ],
    ['an end before its start', (i) => ({ ...good(i), endMs: AT - 2000 }), /endMs: wanted an end after the start/],
    ['a window of years', (i) => ({ ...good(i), startMs: AT - 1e12 + 1e11 }), /wanted/],
    ['no instants', (i) => ({ ...good(i), startMs: 'x' }), /startMs: wanted whole ms/],
    ['text instead of an object', () => 'clip', /wanted|Invalid/],
    ['nothing', () => null, /wanted|Invalid/],
  ])('fails a job with %s, says why, and writes nothing and says nothing on NATS', async (_, forge, reason) => {
    const identity = `forged:${randomUUID()}`;
    const before = tree();
    const id = await add(forge(identity), idOf(identity));
    const end = await ended(id);
    expect(end).toMatchObject({ state: 'failed', attempts: 1 });
    expect(end.reason).toMatch(/^This is no job of this queue: /);
    expect(end.reason).toMatch(reason);
    expect(end.reason).toMatch(/Nothing was done for it\.$/);
    expect(tree()).toEqual(before);
    expect(failed).toEqual([]);
  });

  it('fails a copy of a job under another id', async () => {
    const before = tree();
    expect((await ended(await add(good('twice'), 'a-copy'))).reason).toMatch(
      /id: wanted [0-9a-f]{32}, as identity says, got a-copy/,
    );
    expect(tree()).toEqual(before);
  });

  it('makes no record for a window that is longer than clips may be', async () => {
    const identity = 'too-long';
    const before = tree();
    const end = await ended(await add({ ...good(identity), startMs: AT - 3_600_000 }, idOf(identity)));
    expect(end).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('at most 300 s (CLIP_MAX_SECONDS)') as string,
    });
    expect(tree()).toEqual(before);
    expect(failed).toEqual([]);
  });

  it('lets a job wait whose folder is a link out of CLIPS_DIR, and writes nothing through it', async () => {
    const identity = 'linked';
    const before = treeOf(at('outside'));
    const id = await add(
      { ...good(identity), cameraId: 'cam_2', clipId: `event_cam_2_${seconds(AT)}` },
      idOf(identity),
    );
    expect((await ended(id)).state).toBe('delayed');
    expect((await queue.getJobLogs(id)).logs.join('\n')).toMatch(
      /the disk takes no clip: wanted a path that stays in .*clips, and .*cam_2.* leads to .*outside/,
    );
    expect(treeOf(at('outside'))).toEqual(before);
    await (await queue.getJob(id))?.remove();
  });

  it('lives on where a job is not even JSON, or is no job at all', async () => {
    const multi = look.multi();
    multi.hset(
      `bull:${QUEUE}:torn`,
      'name',
      'x',
      'data',
      '{"clipId": ',
      'opts',
      '{}',
      'timestamp',
      String(NOW),
      'delay',
      '0',
      'priority',
      '0',
    );
    multi.hset(
      `bull:${QUEUE}:odd`,
      'name',
      'x',
      'data',
      '{}',
      'opts',
      '[1',
      'timestamp',
      'x',
      'delay',
      '-1',
      'priority',
      'x',
    );
    multi.lpush(`bull:${QUEUE}:wait`, 'torn', 'odd', 'absent');
    await multi.exec();
    client.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: 'cam_1', timestamp: AT / 1000 + 5, event_id: 'after', post_seconds: 1 }),
    );
    await until(() => failed.some(({ event_id }) => event_id === 'after'), {
      what: 'the answer to a good event',
      deadlineMs: 40_000,
    });
    await worker.waitLive();
  }, 60_000);

  it('puts no payload of 300 KB into Redis: a job has some hundred bytes, records say what is left out', async () => {
    const picture = 'x'.repeat(300_000);
    for (let i = 0; i < 100; i++) {
      const event = {
        camera_id: 'cam_1',
        timestamp: (NOW + i) / 1000,
        event_id: `big-${i}`,
        post_seconds: 200,
        confidence: 0.9,
        picture,
      };
      client.publish('seguranca.event.person', JSON.stringify(event));
      if (i % 10 === 9) await client.flush();
    }
    const jobs = (): Promise<string[]> => look.keys(`bull:${QUEUE}:${'?'.repeat(32)}`);
    const known = new Set<string>();
    const sizeOf = async (key: string): Promise<number> =>
      Object.entries(await look.hgetall(key)).reduce(
        (bytes, [name, value]) => bytes + name.length + Buffer.byteLength(value),
        0,
      );
    const ofBig = async (): Promise<string[]> => {
      for (const key of await jobs()) if ((await look.hget(key, 'data'))?.includes('big-')) known.add(key);
      return [...known];
    };
    await until(async () => (await ofBig()).length === 100, { what: 'the jobs of 100 events', deadlineMs: 60_000 });
    const sizes = await Promise.all([...known].map(sizeOf));
    expect(Math.max(...sizes)).toBeLessThan(1000);
    expect(Number(/used_memory_dataset:(\d+)/.exec(await look.info('memory'))?.[1])).toBeLessThan(3_000_000);
    const day = new Date(NOW).toISOString().slice(0, 10);
    const records = (await readdir(at('clips', 'cam_1', day))).filter((name) => name.endsWith('.json'));
    const texts = await Promise.all(records.map((name) => readFile(at('clips', 'cam_1', day, name), 'utf8')));
    const big = texts.filter((text) => text.includes('"big-'));
    expect(big.length).toBeGreaterThan(90); // but for those of the next day, at midnight
    for (const text of big)
      expect(JSON.parse(text)).toMatchObject({
        job: { source: { confidence: 0.9, camera_id: 'cam_1' }, sourceTruncated: true },
      });
    expect(Math.max(...big.map((text) => text.length))).toBeLessThan(2000);
  }, 90_000);
});
