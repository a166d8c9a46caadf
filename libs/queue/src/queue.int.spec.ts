import { randomUUID } from 'node:crypto';
import { startRedis, until, type Server } from '@vr/testing';
import { PermanentError, PostponedError, type RunningJob } from './index';
import { gate, read, startTestQueues, type Work, type TestQueues } from './queues.fixture';

const newName = (): string => `test-${randomUUID()}`;
const notExpected = async (): Promise<void> => {
  throw new Error('not expected');
};

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

  it('tries a job again after an error, and again', async () => {
    const name = newName();
    const attempts: number[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('the store is away');
      },
      onFinalFailure: notExpected,
    });
    await queues.factory.queue<Work>(name).add('clip-1', 'a', { n: 1 });
    await until(async () => (await queues.factory.queue(name).counts())['completed'] === 1, {
      what: 'success',
      deadlineMs: 15_000,
    });
    expect(attempts).toEqual([1, 2, 3]);
    expect(queues.logged).toEqual([]);
  }, 20_000);

  it('gives a job up at once on a PermanentError, says so once, and takes it again when it is added again', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    const givenUp: { n: number; error: Error; attempt: number }[] = [];
    let possible = false;
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async () => {
        if (!possible) throw new PermanentError('no footage', { cause: new Error('the reason') });
      },
      onFinalFailure: async ({ data, attempt }, error) => void givenUp.push({ n: data.n, error, attempt }),
    });
    await queue.add('clip-1', 'a', { n: 1 });
    await until(async () => (await queue.counts())['failed'] === 1 && givenUp.length > 0, {
      what: 'failure',
      deadlineMs: 5000,
    });
    expect(givenUp).toHaveLength(1);
    expect(givenUp[0]).toMatchObject({
      n: 1,
      attempt: 1,
      error: { name: 'PermanentError', message: 'no footage', cause: { message: 'the reason' } },
    });
    expect((await queue.inner.getJob('clip-1'))?.failedReason).toBe('no footage');
    possible = true;
    await queue.add('clip-1', 'a', { n: 1 });
    await until(async () => (await queue.counts())['completed'] === 1, { what: 'success', deadlineMs: 5000 });
    expect(givenUp).toHaveLength(1);
  }, 20_000);

  it('gives a job up after its last attempt, and logs it when that cannot be reported', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    await queue.inner.add('a', { n: 1 }, { jobId: 'clip-1', attempts: 2, backoff: { type: 'custom' } });
    const errors: string[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ attempt }) => {
        throw new Error(`attempt ${attempt}`);
      },
      onFinalFailure: async (_, error) => {
        errors.push(error.message);
        throw new Error('NATS is away');
      },
    });
    await until(async () => (await queue.counts())['failed'] === 1 && errors.length > 0, {
      what: 'failure',
      deadlineMs: 10_000,
    });
    expect(errors).toEqual(['attempt 2']);
    await until(() => queues.logged.length > 0, { what: 'the log', deadlineMs: 2000 });
    expect(queues.logged).toEqual(['the final failure of a job could not be reported']);
  }, 20_000);

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

  it('fails what is no job of it, once, with a sentence, and neither processes nor reports it', async () => {
    const name = newName();
    const processed: string[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ id }) => void processed.push(id),
      onFinalFailure: notExpected,
    });
    const { inner } = queues.factory.queue<Work>(name);
    await inner.add('forged', { n: '../..' }, { jobId: 'forged-1', attempts: 20 });
    await until(async () => (await queues.factory.queue(name).counts())['failed'] === 1, {
      what: 'the failure',
      deadlineMs: 5000,
    });
    const job = await inner.getJob('forged-1');
    expect(job).toMatchObject({
      attemptsMade: 1,
      failedReason: expect.stringMatching(/^This is no job of this queue: .* Nothing was done for it\.$/s) as string,
    });
    expect([processed, queues.logged]).toEqual([[], ['a job that cannot be read is failed: nothing was done for it']]);
  }, 20_000);

  it('says what we say, also where somebody else has taken the id of a job before us', async () => {
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    await queue.inner.add('forged', { n: 'x' }, { jobId: 'fails' });
    const seen: Work[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ data }) => void seen.push(data),
      onFinalFailure: notExpected,
    });
    await until(async () => (await queue.counts())['failed'] === 1, { what: 'the failure', deadlineMs: 5000 });
    await queue.add('fails', 'a', { n: 7 });
    await until(() => seen.length === 1, { what: 'the run', deadlineMs: 5000 });
    expect(seen).toEqual([{ n: 7 }]);
  }, 20_000);

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
