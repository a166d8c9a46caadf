import { startRedis, until, type Server } from '@vr/testing';
import { PermanentError } from './index';
import { newName, notExpected, read, startTestQueues, type TestQueues, type Work } from './queues.fixture';

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

  it(
    'gives a job up at once on a PermanentError, says so once, and takes it again when it is ' + 'added again',
    async () => {
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
    },
    20_000,
  );

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
});
