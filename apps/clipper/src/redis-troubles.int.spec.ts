// The clipper as a process, with a Redis that is not as it wishes: a user with few rights, memory that is short, jobs that vanish.
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import { cpuMs, runToEnd, startNats, startRedis, startWorker, temporaryFolder, until, type Server, type TemporaryFolder, type WorkerProcess } from '@vr/testing';

const DEADLINE_MS = 20_000;
const MOMENT_MS = 2000;

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
    const folders = { RECORDINGS_DIR: join(folder.path, 'recordings'), CLIPS_DIR: join(folder.path, 'clips'), OBJECTS_DIR: join(folder.path, 'objects') };
    return keep(startWorker('clipper', { ...folders, NATS_URL: nats.url, REDIS_URL: redisUrl, NODE_ID: nodeId, CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:9/1' }));
  };
  const redisCli = (redis: Server, ...words: string[]): Promise<unknown> => runToEnd('redis-cli', ['-e', '-p', `${redis.port}`, ...words]);
  const health = async (worker: WorkerProcess): Promise<Dependency | undefined> => {
    const readiness = (await (await fetch(`${worker.httpUrl}/health/ready`)).json()) as { dependencies: Record<string, Dependency> };
    return readiness.dependencies['redis'];
  };
  const told = (eventId: string): Promise<unknown> => until(() => failed.find(({ event_id }) => event_id === eventId), { what: `clip.failed of ${eventId}`, deadlineMs: DEADLINE_MS });
  const publish = (event: object): void => client.publish('seguranca.event.person', JSON.stringify({ camera_id: 'cam_1', ...event }));

  it('whose user has no dangerous command (INFO among them) works, rests when there is nothing to do, and ends on SIGTERM', async () => {
    const redis = await keep(startRedis());
    await redisCli(redis, 'ACL', 'SETUSER', 'clips', 'on', '>secret', '~*', '&*', '+@all', '-@dangerous');
    const clipper = await clipperOn(redis.url.replace('redis://', 'redis://clips:secret@'), 'few-rights');
    await clipper.waitReady();
    expect(await health(clipper)).toEqual({ state: 'up', sentence: expect.stringMatching(/INFO/) as string });
    publish({ timestamp: Date.now() / 1000 - 600, event_id: 'few-rights' });
    await told('few-rights');
    const spentMs = await cpuMs(clipper.pid);
    await until(() => new Promise<true>((resolve) => setTimeout(() => resolve(true), MOMENT_MS)), { what: 'a moment of nothing', deadlineMs: DEADLINE_MS });
    expect((await cpuMs(clipper.pid)) - spentMs).toBeLessThan(MOMENT_MS / 4);
    expect(await clipper.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);
});
