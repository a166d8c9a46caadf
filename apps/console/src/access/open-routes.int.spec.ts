import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import type { Express } from 'express';
import { z } from 'zod';
import { AppModule } from '../app.module';
import { consoleSettings } from '../config';
import { openRoute } from './open-routes';
import { neededFor, ROUTE_RIGHTS } from './route-rights';

/** What Express keeps of a route, and of a middleware, which has none. */
const layer = z.object({
  route: z.object({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional(),
});

describe('every route that the console has', () => {
  let folder: TemporaryFolder;
  let app: INestApplication;
  let routes: { method: string; path: string; pattern: string }[];
  beforeAll(async () => {
    folder = await temporaryFolder('console-routes');
    const environment = {
      OBJECTS_DIR: folder.path,
      RECORDINGS_DIR: folder.path,
      CLIPS_DIR: folder.path,
      SNAPSHOTS_DIR: folder.path,
      CONSOLE_API_TOKEN: 'open-sesame-1',
      NATS_URL: 'nats://127.0.0.1:1',
      REDIS_URL: 'redis://127.0.0.1:1',
      CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s',
    };
    const logger = createLogger('console', 'silent');
    @Module({
      imports: [
        ServiceModule.forRoot({
          config: readEnvironment(consoleSettings, environment),
          logger,
          shutdown: new Shutdown(logger),
        }),
        AppModule,
      ],
    })
    class TestModule {}
    app = await NestFactory.create(TestModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    const express = app.getHttpAdapter().getInstance() as Express;
    const stack = z.array(layer).parse(express.router.stack);
    routes = stack.flatMap(({ route }) =>
      route
        ? Object.keys(route.methods).map((method) => ({
            method: method.toUpperCase(),
            path: route.path.replace(/[:*][A-Za-z]+/g, 'cam_1'),
            pattern: route.path,
          }))
        : [],
    );
  });
  afterAll(async () => {
    await app.get(Shutdown).run();
    await app.close();
    await folder.remove();
  });

  it('is closed without the token, but for those in the one table', async () => {
    expect(routes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '/health/live',
        '/health/ready',
        '/metrics',
        '/api/cameras',
        '/api/cameras/cam_1/snapshot',
        '/api/cameras/cam_1/clip.mp4',
        '/objects/cam_1',
      ]),
    );
    const address = await app.getUrl();
    const open: string[] = [];
    for (const { method, path } of routes) {
      const { status } = await fetch(`${address}${path}`, { method, redirect: 'manual' });
      if (status === 401) continue;
      expect([method, path, openRoute(method, path) !== undefined]).toEqual([method, path, true]);
      open.push(path);
    }
    expect(open.sort()).toEqual([
      '/api/session',
      '/health/live',
      '/objects/cam_1',
      '/s/cam_1',
      '/s/cam_1/clip.mp4',
      '/s/cam_1/poster.jpg',
    ]);
  });

  it('has a line in the table of rights, and every line there has a route', () => {
    const closed = routes.filter(({ method, path }) => !openRoute(method, path));
    expect(closed.map(({ method, pattern }) => `${method} ${pattern}`).sort()).toEqual(
      ROUTE_RIGHTS.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    for (const { method, path } of closed)
      expect([method, path, neededFor(method, path)?.least]).not.toContain(undefined);
  });
});
