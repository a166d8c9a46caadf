import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appRoutes } from '@bull-board/api/dist/routes.js';
import express from 'express';
import { startRedis, until, type Server } from '@vr/testing';
import { Redis } from 'ioredis';
import { startTestQueues, type TestQueues } from './queues.fixture';

const BASE = '/queues';
/**
 * The routes that show something, and those that may change something. A route of a new version that is in neither list
 * fails here until somebody has decided.
 */
const READS = [
  'get /api/redis/stats',
  'get /api/queues',
  'get /api/job-schedulers',
  'get /api/queues/:queueName/metrics',
  'get /api/queues/:queueName/default-job-options',
  'get /api/queues/:queueName/workers',
  'get /api/queues/:queueName/rate-limit',
  'get /api/queues/:queueName/job-data-schema',
  'get /api/queues/:queueName/:jobId',
  'get /api/queues/:queueName/:jobId/logs',
  'get /api/queues/:queueName/:jobId/flow',
];
const CHANGES = [
  'put /api/queues/:queueName/:jobId/retry',
  'put /api/queues/:queueName/retry/:queueStatus',
  'put /api/queues/:queueName/:jobId/promote',
  'put /api/queues/:queueName/promote',
  'put /api/queues/:queueName/:jobId/clean',
  'put /api/queues/:queueName/clean/:queueStatus',
];

interface Route {
  method: string;
  route: string;
}
/** Every route that the installed Bull Board has. */
const routes: Route[] = appRoutes.api.flatMap(({ method, route }) =>
  [method].flat().flatMap((one) => [route].flat().map((path) => ({ method: one, route: path }))),
);
const nameOf = ({ method, route }: Route): string => `${method} ${route}`;

describe('the board, over HTTP', () => {
  let redis: Server;
  let queues: TestQueues;
  let http: HttpServer;
  let look: Redis;
  let address: string;
  let mayWrite = true;
  const queueName = `board-${randomUUID()}`;

  beforeAll(async () => {
    redis = await startRedis();
    queues = await startTestQueues(redis.url);
    look = new Redis(redis.url);
    const app = express();
    app.use(BASE, queues.factory.boardFor([queueName], { basePath: BASE, mayWrite: () => mayWrite }));
    http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    address = `http://127.0.0.1:${(http.address() as AddressInfo).port}${BASE}`;
  }, 30_000);
  afterAll(async () => {
    http.close();
    look.disconnect();
    await queues.end();
    await redis.stop();
  });
  beforeEach(async () => {
    mayWrite = true;
    await queues.factory
      .queue<unknown>(queueName)
      .add('job-1', 'cam_1 person', { clipId: 'a' }, { delayMs: 3_600_000 });
  });

  const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(address + path, {
      method: method.toUpperCase(),
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined || method === 'get' ? {} : { body: JSON.stringify(body) }),
    });
  const filled = (route: string): string =>
    route
      .replace(':queueName', queueName)
      .replace(':jobId', 'job-1')
      .replace(':queueStatus', 'failed')
      .replace(':schedulerId', 's-1');
  /** Puts into words whatever this queue is in Redis. */
  const state = async (): Promise<string> => {
    const keys = (await look.keys(`bull:${queueName}:*`)).sort();
    return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await look.dump(key)])));
  };
  const forged = {
    name: 'forged',
    data: { clipId: 'x/../../../..' },
    jobData: { clipId: 'x' },
    options: { jobId: 'forged' },
    delay: 0,
    priority: 1,
  };

  it.each(
    routes
      .filter((route) => route.method !== 'get' && !CHANGES.includes(nameOf(route)))
      .map((route) => [nameOf(route), route] as const),
  )('%s is refused with a sentence, and changes nothing', async (_, { method, route }) => {
    const before = await state();
    const answer = await ask(method, filled(route), forged);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      error: 'This board does not do that.',
      message: expect.stringContaining('retried, promoted, removed and cleaned') as string,
    });
    expect(await state()).toBe(before);
  });

  it('knows every route that it lets through, and no other only shows something', () => {
    const names = routes.map(nameOf);
    expect(names).toEqual(expect.arrayContaining(CHANGES));
    expect(names.filter((name) => name.startsWith('get ')).sort()).toEqual([...READS].sort());
  });

  it.each(CHANGES)('%s is done for who may write, and refused to who may not', async (name) => {
    const [method = '', route = ''] = name.split(' ');
    mayWrite = false;
    const before = await state();
    const refused = await ask(method, filled(route));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: 'You may look, and not change anything.' });
    expect(await state()).toBe(before);
    mayWrite = true;
    expect((await ask(method, filled(route))).status).not.toBe(403);
  });

  it.each(READS)('%s is answered, also to who may only look', async (name) => {
    mayWrite = false;
    const [method = '', route = ''] = name.split(' ');
    expect((await ask(method, filled(route))).status).toBe(200);
  });

  it('shows its page and the files of it', async () => {
    for (const path of ['/', '/queue/x', '/queue/x/1', '/metrics-history'])
      expect((await ask('get', path)).status).toBe(200);
    const page = await (await ask('get', '/')).text();
    const [script] = /static\/js\/[^"]+\.js/.exec(page) ?? [];
    expect((await ask('get', `/${script ?? ''}`)).status).toBe(200);
  });

  it.each([
    ['a method that no route has', 'delete', '/api/queues/Q/job-1'],
    ['another', 'options', '/api/queues'],
    ['a route of a version to come', 'get', '/api/queues/Q/job-1/secrets'],
    ['one that would change something', 'post', '/api/queues/Q/job-1/duplicate'],
    ['a name in other letters', 'put', '/api/queues/Q/job-1/RETRY'],
    ['an allowed name with a slash behind it', 'put', '/api/queues/Q/job-1/retry/'],
    ['a way round by an escaped slash', 'put', '/api/queues/Q/job-1%2Fretry'],
    ['a way round through the files', 'get', '/static/..%2F..%2Fpackage.json'],
  ])('refuses %s', async (_, method, path) => {
    expect((await ask(method, path.replace('Q', queueName), method === 'get' ? undefined : {})).status).toBe(403);
  });

  it('retries, promotes and removes a job as it is', async () => {
    expect((await ask('put', filled('/api/queues/:queueName/:jobId/promote'))).status).toBeLessThan(300);
    expect(await queues.factory.queue(queueName).counts()).toMatchObject({ delayed: 0, waiting: 1 });
    expect(await look.hget(`bull:${queueName}:job-1`, 'data')).toBe('{"clipId":"a"}');
    expect((await ask('put', filled('/api/queues/:queueName/:jobId/clean'))).status).toBe(204);
    expect(await queues.factory.queue(queueName).has('job-1')).toBe(false);
  });

  it('says that Redis is away, instead of waiting for it', async () => {
    await redis.stop();
    const answer = await until(
      async () => ask('get', '/api/queues').then((response) => response.status === 503 && response),
      { what: 'the answer without Redis', deadlineMs: 10_000 },
    );
    expect(await answer.json()).toMatchObject({
      error: 'Redis is away.',
      message: expect.stringContaining('no connection to redis://127.0.0.1') as string,
    });
    expect((await ask('get', '/')).status).toBe(200);
    await redis.restart();
    await until(async () => (await ask('get', '/api/queues')).status === 200, {
      what: 'the answer with Redis',
      deadlineMs: 10_000,
    });
  }, 30_000);
});
