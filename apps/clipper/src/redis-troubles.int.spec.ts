// The clipper runs as a process, with a Redis that has troubles: a user with few rights, memory that is short, jobs
// that vanish.
import { join } from 'node:path';
import { jobIdOf } from './clip/clip-queue';
import { createClient } from '@vr/messaging';
import {
  cpuMs,
  runToEnd,
  startNats,
  startRedis,
  startWorker,
  temporaryFolder,
  until,
  type Server,
  type TemporaryFolder,
  type WorkerProcess,
} from '@vr/testing';

const DEADLINE_MS = 40_000;
const MOMENT_MS = 1500;

interface Dependency {
  state: string;
  sentence: string;
}

describe('the clipper beside a Redis', () => {
  let nats: Server;
  let client: Awaited<ReturnType<typeof createClient>>;
  let folder: TemporaryFolder;
  const failed: Record<string, unknown>[] = [];
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    nats = await startNats();
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe('seguranca.record.clip.failed', {
      callback: (error, message) => {
        if (!error) failed.push(message.json());
      },
    });
  }, 30_000);
  afterAll(async () => {
    await client.close();
    await nats.stop();
  });
  beforeEach(async () => {
    folder = await temporaryFolder('redis-troubles');
    ends.push(() => folder.remove());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const keep = async <T extends { stop(): Promise<unknown> }>(started: Promise<T>): Promise<T> => {
    const it = await started;
    ends.push(() => it.stop());
    return it;
  };
  const clipperOn = (redisUrl: string, nodeId: string): Promise<WorkerProcess> => {
    const folders = {
      RECORDINGS_DIR: join(folder.path, 'recordings'),
      CLIPS_DIR: join(folder.path, 'clips'),
      OBJECTS_DIR: join(folder.path, 'objects'),
    };
    return keep(
      startWorker('clipper', {
        ...folders,
        NATS_URL: nats.url,
        REDIS_URL: redisUrl,
        NODE_ID: nodeId,
        CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/1',
      }),
    );
  };
  const redisCli = (redis: Server, ...words: string[]): Promise<unknown> =>
    runToEnd('redis-cli', ['-e', '-p', `${redis.port}`, ...words]);
  const health = async (worker: WorkerProcess): Promise<Dependency | undefined> => {
    const readiness = (await (await fetch(`${worker.httpUrl}/health/ready`)).json()) as {
      dependencies: Record<string, Dependency>;
    };
    return readiness.dependencies['redis'];
  };
  const told = (eventId: string): Promise<unknown> =>
    until(() => failed.find(({ event_id }) => event_id === eventId), {
      what: `clip.failed of ${eventId}`,
      deadlineMs: DEADLINE_MS,
    });
  const publish = (event: object): void =>
    client.publish('seguranca.event.person', JSON.stringify({ camera_id: 'cam_1', ...event }));

  /** The share of a core that the clipper uses over a moment in which nobody asks anything of it. */
  async function busyShare(worker: WorkerProcess): Promise<number> {
    const [spentMs, sinceMs] = [await cpuMs(worker.pid), performance.now()];
    await until(() => performance.now() - sinceMs > MOMENT_MS, {
      what: 'a moment of nothing',
      deadlineMs: DEADLINE_MS,
    });
    return ((await cpuMs(worker.pid)) - spentMs) / (performance.now() - sinceMs);
  }

  it('whose user has no dangerous command (INFO among them) works, rests when idle, and ends on SIGTERM', async () => {
    const redis = await keep(startRedis());
    await redisCli(redis, 'ACL', 'SETUSER', 'clips', 'on', '>secret', '~bull:*', '&*', '+@all', '-@dangerous');
    const clipper = await clipperOn(redis.url.replace('redis://', 'redis://clips:secret@'), 'few-rights');
    await clipper.waitReady();
    expect(await health(clipper)).toEqual({ state: 'up', sentence: expect.stringMatching(/INFO/) as string });
    publish({ timestamp: Date.now() / 1000 - 600, event_id: 'few-rights' });
    await told('few-rights');
    expect(await busyShare(clipper)).toBeLessThan(0.25);
    expect(await clipper.stop()).toEqual({ code: 0, signal: null });
    expect(clipper.logs.filter((line) => !line.startsWith('{'))).toEqual([]);
  }, 60_000);

  it.each([
    ['whose memory is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /out of memory/],
    ['that became a replica', ['REPLICAOF', '127.0.0.1', '9'], ['REPLICAOF', 'NO', 'ONE'], /read-only replica/],
  ])(
    '%s: the clipper says so, waits without a loop, loses nothing, and ends on SIGTERM',
    async (_, breaking, mending, sentence) => {
      const redis = await keep(startRedis());
      const eventId = breaking[0] ?? '';
      let clipper = await clipperOn(redis.url, eventId.toLowerCase());
      await clipper.waitReady();
      await redisCli(redis, ...breaking);
      publish({ timestamp: Date.now() / 1000 - 600, event_id: eventId });
      await until(async () => sentence.test((await health(clipper))?.sentence ?? ''), {
        what: 'readiness to say so',
        deadlineMs: DEADLINE_MS,
      });
      expect(await health(clipper)).toMatchObject({ state: 'degraded' });
      expect(await busyShare(clipper)).toBeLessThan(0.25);
      expect(await clipper.stop()).toEqual({ code: 0, signal: null });
      clipper = await clipperOn(redis.url, eventId.toLowerCase());
      await redisCli(redis, ...mending);
      await told(eventId);
    },
    90_000,
  );

  it('that evicts a job (allkeys-lru, no AOF) gets it back from the record on disk', async () => {
    const redis = await keep(
      startRedis({ maxmemoryPolicy: 'allkeys-lru', appendonly: false, more: ['--maxmemory', '4mb'] }),
    );
    const clipper = await clipperOn(redis.url, 'evicting');
    await clipper.waitReady();
    expect(await health(clipper)).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/allkeys-lru.*appendonly/) as string,
    });
    publish({ timestamp: Date.now() / 1000, event_id: 'evicted', post_seconds: 3 });
    const isThere = async (): Promise<boolean> => {
      const { stdout } = await runToEnd('redis-cli', [
        '-p',
        `${redis.port}`,
        'exists',
        `bull:clips-evicting:${jobIdOf('id:cam_1:evicted')}`,
      ]);
      return stdout.toString().trim() === '1';
    };
    await until(isThere, { what: 'the job', deadlineMs: DEADLINE_MS });
    await until(
      async () => {
        await runToEnd('redis-benchmark', [
          '-p',
          `${redis.port}`,
          '-t',
          'set',
          '-n',
          '5000',
          '-r',
          '1000000',
          '-d',
          '1000',
          '-q',
        ]);
        return !(await isThere());
      },
      { what: 'the eviction of the job', deadlineMs: DEADLINE_MS },
    );
    await until(isThere, { what: 'the job, back from the disk', deadlineMs: DEADLINE_MS });
    await told('evicted');
  }, 90_000);
});
