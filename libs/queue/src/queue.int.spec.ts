import { PostponedError } from '@vr/base';
import { startRedis, until, type Server } from '@vr/testing';
import type { RunningJob } from './index';
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

  it('processes an id once, however often it is added while it waits or is at work', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    const runs: RunningJob<Work>[] = [];
    const { passed, open } = gate();
    await queue.add('clip-1', 'a', { n: 1 });
    await queue.add('clip-1', 'a', { n: 2 });
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    queues.factory.worker<Work>(name, {
      concurrency: 2,
      read,
      process: async (job) => {
        runs.push(job);
        await job.log('at it');
        await job.progress({ percent: 50 });
        await passed;
      },
      onFinalFailure: notExpected,
    });
    await until(() => runs.length > 0, { what: 'the run', deadlineMs: 5000 });
    await queue.add('clip-1', 'a', { n: 3 });
    open();
    await until(async () => (await queue.counts())['completed'] === 1, { what: 'the end', deadlineMs: 5000 });
    expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0, delayed: 0, completed: 1 });
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ id: 'clip-1', data: { n: 1 }, attempt: 1 });
    expect([await queue.has('clip-1'), await queue.has('clip-2')]).toEqual([true, false]);
  }, 20_000);

  it('runs a job again that is over and is added once more: whoever adds it knows that it is not done', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    let runs = 0;
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async () => void (runs += 1),
      onFinalFailure: notExpected,
    });
    for (const wanted of [1, 2]) {
      await queue.add('clip-1', 'a', { n: 1 });
      await until(async () => runs === wanted && (await queue.counts())['completed'] === 1, {
        what: `run ${wanted}`,
        deadlineMs: 5000,
      });
    }
  }, 20_000);

  it('puts a job off as often as it asks for it, at the cost of no attempt', async () => {
    const name = newName();
    const attempts: number[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ attempt }) => {
        attempts.push(attempt);
        if (attempts.length < 30) throw new PostponedError('the store is away', 5);
      },
      onFinalFailure: notExpected,
    });
    const queue = queues.factory.queue<Work>(name);
    await queue.add('clip-1', 'a', { n: 1 });
    await queue.log('clip-1', 'a line from outside');
    await until(async () => (await queue.counts())['completed'] === 1, { what: 'the end', deadlineMs: 15_000 });
    expect(attempts).toEqual(Array.from({ length: 30 }, () => 1));
    expect((await queue.inner.getJobLogs('clip-1')).logs).toEqual(['a line from outside']);
  }, 20_000);

  it('tells when Redis is there, and when it is back', async () => {
    let came = 0;
    queues.factory.onRedis(() => (came += 1));
    await redis.restart();
    await until(() => came > 0, { what: 'Redis', deadlineMs: 10_000 });
  }, 20_000);

  it('holds a job back until its delay is over', async () => {
    const queue = queues.factory.queue<Work>(newName());
    await queue.add('clip-1', 'a', { n: 1 }, { delayMs: 60_000 });
    await queue.add('clip-1', 'a', { n: 1 });
    expect(await queue.counts()).toMatchObject({ delayed: 1, waiting: 0 });
  });

  it('shows its queues on the board', async () => {
    const name = newName();
    await queues.factory.queue<Work>(name).add('clip-1', 'a', { n: 1 });
    const { default: express } = await import('express');
    const server = express()
      .use('/queues', queues.factory.boardFor([name], { basePath: '/queues', mayWrite: () => true }))
      .listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/queues`;
    const page = await fetch(`${base}/`);
    expect(page.headers.get('content-type')).toMatch(/html/);
    expect(await (await fetch(`${base}/api/queues`)).json()).toMatchObject({
      queues: [{ name, counts: { waiting: 1 } }],
    });
    await new Promise((resolve) => server.close(resolve));
  }, 20_000);
});
