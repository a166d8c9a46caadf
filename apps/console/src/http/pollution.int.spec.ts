import type { Server as HttpServer } from 'node:http';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { startRedis, temporaryFolder, type Server, type TemporaryFolder } from '@vr/testing';
import { AppModule } from '../app.module';
import { consoleSettings } from '../config';

/** The whole console runs in this process, so we see what it does to objects. */
describe('a request that would give every object a property', () => {
  let folder: TemporaryFolder;
  let redis: Server;
  let app: INestApplication<HttpServer>;
  let address: string;
  beforeAll(async () => {
    [folder, redis] = await Promise.all([temporaryFolder('console-pollution'), startRedis()]);
    const below = {
      OBJECTS_DIR: folder.path,
      RECORDINGS_DIR: folder.path,
      CLIPS_DIR: folder.path,
      SNAPSHOTS_DIR: folder.path,
    };
    const config = readEnvironment(consoleSettings, { ...below, NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: redis.url });
    const logger = createLogger('console', 'silent');
    @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger) }), AppModule] })
    class TestModule {}
    app = await NestFactory.create<INestApplication<HttpServer>>(TestModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  });
  afterAll(async () => {
    await app.get(Shutdown).run();
    await app.close();
    await redis.stop();
    await folder.remove();
  });

  const bodies = [
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"start":1,"end":2,"reason":"x","__proto__":{"polluted":1}}',
    '{"start":{"__proto__":{"polluted":1}}}',
    '[{"__proto__":{"polluted":1}}]',
    '{"reason":{"toString":1}}',
  ];
  const posts = [
    '/api/cameras/cam_1/snapshot',
    '/api/cameras/cam_1/clip',
    '/api/cameras/cam_1/protect',
    '/api/protections/x/unprotect',
    '/api/cameras/__proto__/snapshot',
    '/queues/api/queues/clips-node1/pause',
    '/queues/api/queues/__proto__/x/retry',
  ];
  const queries = [
    '__proto__[polluted]=1',
    '__proto__.polluted=1',
    'constructor[prototype][polluted]=1',
    'camera[__proto__][polluted]=1',
    'limit[constructor][prototype][polluted]=1',
    'at=__proto__',
    'camera=__proto__',
    'camera=constructor',
    'hasOwnProperty=1',
  ];
  const gets = [
    '/api/clips',
    '/api/snapshots',
    '/api/protections',
    '/api/cameras/cam_1/timeline',
    '/api/cameras/cam_1/clip.mp4',
    '/api/cameras/__proto__/snapshot.jpg',
    '/api/cameras/constructor/snapshot.jpg',
    '/objects/clips/__proto__',
    '/queues/api/queues',
    '/login.html',
  ];

  it('gives none one, and is refused or answered', async () => {
    const statuses: number[] = [];
    const ask = async (path: string, init?: RequestInit): Promise<void> => {
      const response = await fetch(address + path, { redirect: 'manual', ...init });
      await response.arrayBuffer();
      statuses.push(response.status);
      expect([path, init?.body, Object.keys(Object.prototype), ({} as Record<string, unknown>)['polluted']]).toEqual([
        path,
        init?.body,
        [],
        undefined,
      ]);
    };
    for (const path of posts)
      for (const body of bodies)
        await ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    for (const query of queries)
      await ask('/login', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: query,
      });
    for (const path of gets) for (const query of queries) await ask(`${path}?${query}`);
    expect(statuses).toHaveLength(posts.length * bodies.length + queries.length + gets.length * queries.length);
    expect(await (await fetch(`${address}/api/cameras`)).json()).toEqual({ cameras: [] });
  });
});
