import { randomUUID } from 'node:crypto';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, runToEnd, startRedis, temporaryFolder, until, type RedisOptions, type Server } from '@vr/testing';
import { gate, read, startTestQueues, type TestQueues, type Work } from './queues.fixture';

const newName = (): string => `test-${randomUUID()}`;
const notExpected = async (): Promise<void> => {
  throw new Error('not expected');
};

describe('a Redis', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const redisWith = async (options: RedisOptions = {}): Promise<Server> => {
    const redis = await startRedis(options);
    ends.push(() => redis.stop());
    return redis;
  };
  const queuesOn = async (redis: Server): Promise<TestQueues> => {
    const queues = await startTestQueues(redis.url);
    ends.push(() => queues.end());
    return queues;
  };

  it('that is down when the worker starts is used when it comes; until then adding fails within 3 s', async () => {
    const port = await freePort();
    const queues = await startTestQueues(`redis://127.0.0.1:${port}`);
    const name = newName();
    const done: string[] = [];
    queues.factory.worker<Work>(name, {
      concurrency: 1,
      read,
      process: async ({ id }) => void done.push(id),
      onFinalFailure: notExpected,
    });
    const queue = queues.factory.queue<Work>(name);
    await expect(queue.add('clip-1', 'a', { n: 1 })).rejects.toThrow(/adding job clip-1.*ECONNREFUSED/);
    expect(await queues.health()).toMatchObject({
      state: 'down',
      sentence: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
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

  it.each<[string, RedisOptions, RegExp]>([
    ['evicts keys', { maxmemoryPolicy: 'allkeys-lru' }, /evicted.*allkeys-lru/],
    ['keeps nothing on disk', { appendonly: false }, /appendonly/],
    [
      'does both, and is told so',
      { maxmemoryPolicy: 'allkeys-lru', appendonly: false },
      /evicted.*allkeys-lru.*appendonly.*on disk/,
    ],
    ['is out of memory', { more: ['--maxmemory', '100kb'] }, /out of memory/],
    ['is a replica', { more: ['--replicaof', '127.0.0.1', '9'] }, /read-only replica.*REDIS_URL/],
  ])(
    'that %s is degraded',
    async (_, options, sentence) => {
      const queues = await queuesOn(await redisWith(options));
      const health = await until(
        async () => ((await queues.health())?.state === 'degraded' ? queues.health() : undefined),
        { what: 'degraded', deadlineMs: 10_000 },
      );
      expect(health.sentence).toMatch(sentence);
    },
    40_000,
  );

  it.each([
    ['-@scripting', /may not run EVAL/],
    ['-@blocking', /may not run BZPOPMIN/],
    ['-@stream', /may not run XADD in scripts/],
    ['-@sortedset', /may not run .*Z/],
    ['-@write', /may not run SET/],
    ['resetkeys', /may not write keys that begin with bull/],
  ])(
    'whose user lacks a right of the queues (%s) is degraded and names it, and is up once it has all',
    async (lacking, sentence) => {
      const redis = await redisWith();
      const setUser = (...rules: string[]): Promise<unknown> =>
        runToEnd('redis-cli', [
          '-e',
          '-p',
          `${redis.port}`,
          'ACL',
          'SETUSER',
          'jobs',
          'reset',
          'on',
          '>secret',
          '~bull:*',
          '&*',
          '+@all',
          '-@dangerous',
          ...rules,
        ]);
      await setUser(lacking);
      const queues = await queuesOn({ ...redis, url: redis.url.replace('redis://', 'redis://jobs:secret@') });
      queues.factory.worker<Work>(newName(), {
        concurrency: 1,
        read,
        process: notExpected,
        onFinalFailure: notExpected,
      });
      await until(async () => sentence.test((await queues.health())?.sentence ?? ''), {
        what: 'readiness to name it',
        deadlineMs: 15_000,
      });
      expect(await queues.health()).toMatchObject({
        state: 'degraded',
        sentence: expect.stringContaining('+@all -@dangerous') as string,
      });
      await setUser();
      await until(async () => (await queues.health())?.state === 'up', { what: 'health up', deadlineMs: 20_000 });
    },
    60_000,
  );

  it('that cannot save its data refuses writes and is degraded, and takes jobs again once it can', async () => {
    const data = await temporaryFolder('redis');
    ends.push(() => data.remove());
    const redis = await redisWith({ dataDir: data.path, more: ['--save', '3600 1'] });
    ends.push(() => redis.kill()); // it does not end by SIGTERM while it cannot save
    const queues = await queuesOn(redis);
    const queue = queues.factory.queue<Work>(newName());
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up', deadlineMs: 10_000 });
    const inTheWay = join(data.path, 'dump.rdb');
    const save = (): Promise<unknown> => runToEnd('redis-cli', ['-p', `${redis.port}`, 'bgsave']);
    await mkdir(inTheWay);
    await save();
    const health = await until(
      async () => ((await queues.health())?.state === 'degraded' ? queues.health() : undefined),
      { what: 'degraded', deadlineMs: 10_000 },
    );
    expect(health.sentence).toMatch(/cannot write its data to its disk and takes no job/);
    await expect(queue.add('clip-1', 'a', { n: 1 })).rejects.toThrow(/MISCONF/);
    await rmdir(inTheWay);
    await save();
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up again', deadlineMs: 10_000 });
    await queue.add('clip-1', 'a', { n: 1 });
  }, 40_000);

  it('that loads its data is degraded until it has, and jobs go on then', async () => {
    // These are hidden settings of Redis for its own tests. It pauses at each key and still serves clients.
    const redis = await redisWith({
      more: [
        '--key-load-delay',
        '2000',
        '--loading-process-events-interval-bytes',
        '1024',
        '--enable-debug-command',
        'yes',
      ],
    });
    const queues = await queuesOn(redis);
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up', deadlineMs: 10_000 });
    await queue.add('clip-1', 'a', { n: 1 });
    await runToEnd('redis-cli', ['-p', `${redis.port}`, 'debug', 'populate', '2000', 'key', '100']);
    await runToEnd('redis-cli', ['-p', `${redis.port}`, 'bgrewriteaof']);
    const persistence = async (): Promise<string> =>
      (await runToEnd('redis-cli', ['-p', `${redis.port}`, 'info', 'persistence'])).stdout.toString();
    await until(async () => /aof_rewrite_in_progress:0\r?\naof_rewrite_scheduled:0/.test(await persistence()), {
      what: 'the keys on disk',
      deadlineMs: 10_000,
    });
    const restarted = redis.restart();
    const health = await until(
      async () => ((await queues.health())?.sentence.includes('loads') ? queues.health() : undefined),
      { what: 'loading', deadlineMs: 20_000 },
    );
    expect(health).toEqual({
      state: 'degraded',
      sentence: expect.stringMatching(/loads its data.*takes no job until/) as string,
    });
    await restarted;
    await until(async () => (await queues.health())?.state === 'up', { what: 'health up again', deadlineMs: 30_000 });
    expect(await queue.has('clip-1')).toBe(true);
  }, 90_000);

  it('that has evicted the list in which a job stood runs it when it is added again', async () => {
    const redis = await redisWith();
    const queues = await queuesOn(redis);
    const name = newName();
    const queue = queues.factory.queue<Work>(name);
    await queue.add('clip-1', 'a', { n: 1 });
    await runToEnd('redis-cli', ['-p', `${redis.port}`, 'del', `bull:${name}:wait`, `bull:${name}:marker`]);
    const runs: number[] = [];
    queues.factory.worker<Work>(name, {
      read,
      concurrency: 1,
      process: async ({ data }) => void runs.push(data.n),
      onFinalFailure: notExpected,
    });
    await queue.add('clip-1', 'a', { n: 2 });
    await until(() => runs.length > 0, { what: 'the run', deadlineMs: 10_000 });
    expect(runs).toEqual([2]);
  }, 40_000);
});
