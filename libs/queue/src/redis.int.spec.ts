import { randomUUID } from 'node:crypto';
import { freePort, startRedis, until } from '@vr/testing';
import { gate, read, startTestQueues, type Work } from './queues.fixture';

const newName = (): string => `test-${randomUUID()}`;
const notExpected = async (): Promise<void> => {
  throw new Error('not expected');
};

describe('a Redis', () => {
  it('that is down when the worker starts is used when it comes; until then adding fails within 3 s', async () => {
    const port = await freePort();
    const queues = await startTestQueues(`redis://127.0.0.1:${port}`);
    const name = newName();
    const done: string[] = [];
    queues.factory.worker<Work>(name, { concurrency: 1, read, process: async ({ id }) => void done.push(id), onFinalFailure: notExpected });
    const queue = queues.factory.queue<Work>(name);
    await expect(queue.add('clip-1', 'a', { n: 1 })).rejects.toThrow(/adding job clip-1.*ECONNREFUSED/);
    expect(await queues.health()).toMatchObject({ state: 'down', sentence: expect.stringContaining(`127.0.0.1:${port}`) as string });
    const redis = await startRedis({ port });
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up', deadlineMs: 10_000 });
    await queue.add('clip-2', 'a', { n: 2 });
    await until(() => done.includes('clip-2'), { what: 'the job', deadlineMs: 10_000 });
    await queues.end();
    await redis.stop();
  }, 40_000);

  it('that never comes does not hold up the end', async () => {
    const queues = await startTestQueues(`redis://127.0.0.1:${await freePort()}`);
    queues.factory.worker<Work>(newName(), { concurrency: 1, read, process: notExpected, onFinalFailure: notExpected });
    queues.factory.queue(newName());
    const startMs = performance.now();
    await queues.end();
    expect(performance.now() - startMs).toBeLessThan(4000);
  }, 20_000);

  it('that is killed in the middle of a job and comes back: the job ends once, the next is processed', async () => {
    const redis = await startRedis();
    const queues = await startTestQueues(redis.url);
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    const { passed, open } = gate();
    const runs: string[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ id }) => {
        runs.push(id);
        if (id === 'clip-1') await passed;
      },
      onFinalFailure: notExpected,
    });
    await queue.add('clip-1', 'a', { n: 1 });
    await until(() => runs.length === 1, { what: 'the run', deadlineMs: 5000 });
    await redis.kill();
    await until(async () => (await queues.health())?.state === 'down', { what: 'health down', deadlineMs: 5000 });
    await redis.restart();
    open();
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up', deadlineMs: 10_000 });
    await queue.add('clip-2', 'a', { n: 2 });
    await until(async () => (await queue.counts())['completed'] === 2, { what: 'both jobs', deadlineMs: 15_000 });
    expect(runs).toEqual(['clip-1', 'clip-2']);
    await queues.end();
    await redis.stop();
  }, 60_000);

  it('that evicts keys, or keeps nothing on disk, is called degraded', async () => {
    for (const [options, sentence] of [
      [{ maxmemoryPolicy: 'allkeys-lru' as const }, /evicted.*allkeys-lru/],
      [{ appendonly: false }, /appendonly/],
    ] as const) {
      const redis = await startRedis(options);
      const queues = await startTestQueues(redis.url);
      const health = await until(async () => ((await queues.health())?.state === 'degraded' ? queues.health() : undefined), { what: 'degraded', deadlineMs: 10_000 });
      expect(health.sentence).toMatch(sentence);
      await queues.end();
      await redis.stop();
    }
  }, 40_000);
});
