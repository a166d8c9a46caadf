import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { startRedis, until, type Server } from '@vr/testing';
import { Redis } from 'ioredis';
import { read, startTestQueues, type TestQueues, type Work } from './queues.fixture';

const TAKEN_OUT =
  'a job that cannot be read is taken out of the queue; a clip that it stood for comes back from its record';
const BASE = '/queues';

describe('a job that BullMQ cannot read', () => {
  let redis: Server;
  let queues: TestQueues;
  let look: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    look = new Redis(redis.url);
  }, 30_000);
  afterAll(async () => {
    look.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    queues = await startTestQueues(redis.url);
  });
  afterEach(() => queues.end());

  const forge = async (name: string, id: string, fields: Record<string, string>): Promise<void> => {
    const job = {
      name: 'a',
      data: '{"n":1}',
      opts: '{"attempts":1}',
      timestamp: '1732723200000',
      delay: '0',
      priority: '0',
      ...fields,
    };
    await look.hset(`bull:${name}:${id}`, job);
    await look.multi().lpush(`bull:${name}:wait`, id).zadd(`bull:${name}:marker`, 0, '0').exec();
  };

  it.each([
    ['data', { data: '{{{' }],
    ['opts', { opts: '{{{' }],
    ['progress', { progress: '{{{' }],
    ['stc, left active by a worker that was killed', { stc: 'x' }],
    ['atm, after its first failure', { atm: 'x', data: '{"n":13}' }],
    ['ats', { ats: '9223372036854775807' }],
  ])(
    'for its %s is taken out with one line, the next is done, and whoever keeps records is asked for them',
    async (_, fields) => {
      const name = `unreadable-${randomUUID()}`;
      const done: string[] = [];
      let asked = 0;
      await forge(name, 'forged', fields);
      if ('stc' in fields)
        await look
          .multi()
          .lmove(`bull:${name}:wait`, `bull:${name}:active`, 'LEFT', 'LEFT')
          .sadd(`bull:${name}:stalled`, 'forged')
          .exec();
      queues.factory.worker<Work>(name, {
        concurrency: 1,
        lockMs: 1000,
        read,
        process: async ({ id, data }) => {
          if (data.n === 13) throw new Error('failed');
          done.push(id);
        },
        onFinalFailure: async () => undefined,
      });
      queues.factory.onRedis(() => (asked += 1));
      await until(() => queues.logged.includes(TAKEN_OUT), { what: 'the line', deadlineMs: 15_000 });
      await until(async () => (await look.exists(`bull:${name}:forged`)) === 0, { what: 'its end', deadlineMs: 5000 });
      const queue = queues.factory.queue<Work>(name);
      await queue.add('clip-1', 'a', { n: 1 });
      await until(() => done.includes('clip-1'), { what: 'the next job', deadlineMs: 10_000 });
      await until(async () => (await queue.counts())['completed'] === 1, { what: 'its end', deadlineMs: 5000 });
      expect(await queue.counts()).toMatchObject({ active: 0, waiting: 0, failed: 0 });
      expect(queues.logged.filter((line) => line === TAKEN_OUT)).toHaveLength(1);
      expect(asked).toBeGreaterThan(0);
    },
    30_000,
  );

  it('gives way to one that is added under its id', async () => {
    const name = `unreadable-${randomUUID()}`;
    await forge(name, 'clip-1', { data: '{{{' });
    const queue = queues.factory.queue<Work>(name);
    await queue.add('clip-1', 'a', { n: 1 });
    expect(await look.hget(`bull:${name}:clip-1`, 'data')).toBe('{"n":1}');
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
  });

  it('does not hide the others on the board, nor does one that is nested 100,000 deep', async () => {
    const name = `unreadable-${randomUUID()}`;
    await forge(name, 'broken', { data: '{{{' });
    await forge(name, 'deep', { data: `${'['.repeat(100_000)}${']'.repeat(100_000)}` });
    await queues.factory.queue<Work>(name).add('clip-1', 'a', { n: 1 });
    const app = express();
    app.use(BASE, queues.factory.boardFor([name], { basePath: BASE, mayWrite: () => true }));
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const asked = `activeQueue=${name}&status=waiting&page=1&jobsPerPage=10`;
    const answer = await fetch(`http://127.0.0.1:${port}${BASE}/api/queues?${asked}`);
    const body = await answer.text();
    http.close();
    expect(answer.status).toBe(200);
    expect(body).toContain('"clip-1"');
    expect(body).toContain('It is nested too deeply to be shown.');
  });
});
