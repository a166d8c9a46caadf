import { startRedis, until, type Server } from '@vr/testing';
import { gate, newName, notExpected, read, startTestQueues, type TestQueues, type Work } from './queues.fixture';

describe('a queue', () => {
  let redis: Server;
  let queues: TestQueues;
  beforeAll(async () => {
    redis = await startRedis();
  }, 30_000);
  afterAll(() => redis.stop());
  beforeEach(async () => {
    queues = await startTestQueues(redis.url);
  });
  afterEach(() => queues.end());

  it('lets the job at work end before the worker ends', async () => {
    const name = newName();
    const { passed, open } = gate();
    let begun = false;
    const other = await startTestQueues(redis.url);
    other.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async () => {
        begun = true;
        await passed;
      },
      onFinalFailure: notExpected,
    });
    await queues.factory.queue<Work>(name).add('clip-1', 'a', { n: 1 });
    await until(() => begun, { what: 'the begin', deadlineMs: 5000 });
    const ended = other.end();
    open();
    await ended;
    expect(await queues.factory.queue(name).counts()).toMatchObject({ completed: 1, active: 0 });
  }, 20_000);

  it('stops a job that takes too long at the end; it goes back and has lost no attempt', async () => {
    const name = newName();
    let reason = '';
    let begun = false;
    const other = await startTestQueues(redis.url);
    other.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: ({ signal }) =>
        new Promise((_, reject) => {
          begun = true;
          signal.addEventListener('abort', () => {
            reason = (signal.reason as Error).message;
            reject(signal.reason as Error);
          });
        }),
      onFinalFailure: notExpected,
    });
    await queues.factory.queue<Work>(name).add('clip-1', 'a', { n: 1 });
    await until(() => begun, { what: 'the begin', deadlineMs: 5000 });
    await other.end();
    expect(reason).toBe('the worker ends');
    expect(await queues.factory.queue(name).counts()).toMatchObject({ delayed: 1, active: 0, failed: 0 });
    expect((await queues.factory.queue(name).inner.getJob('clip-1'))?.attemptsMade).toBe(0);
  }, 20_000);

  it('stops a job whose lock is lost', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    const { passed: lost, open: sayLost } = gate();
    let reason = '';
    let begun = false;
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      lockMs: 2000,
      process: ({ signal, attempt }) =>
        new Promise((resolve, reject) => {
          begun = true;
          if (attempt > 1 || reason !== '') return resolve();
          signal.addEventListener('abort', () => {
            reason = (signal.reason as Error).message;
            reject(signal.reason as Error);
            sayLost();
          });
        }),
      onFinalFailure: notExpected,
    });
    await queue.add('clip-1', 'a', { n: 1 });
    await until(() => begun, { what: 'the begin', deadlineMs: 5000 });
    const redisClient = await queue.inner.getBackend().client;
    await redisClient.del(`${queue.inner.toKey('clip-1')}:lock`);
    await lost;
    expect(reason).toMatch(/clip-1 is no longer ours/);
    expect(queues.logged).toEqual([]);
  }, 20_000);
});
