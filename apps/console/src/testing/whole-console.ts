import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { temporaryFolder } from '@vr/testing';
import { AppModule } from '../app.module';
import { consoleSettings } from '../config';

/** A route as Nest has it: `GET /api/cameras/:id/timeline`. */
export interface NestRoute {
  method: string;
  path: string;
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** Every route of the whole console, as the running router has them. Nothing needs to be there: no NATS, no Redis. */
export async function nestRoutes(): Promise<NestRoute[]> {
  const folder = await temporaryFolder('console');
  const below = (name: string): string => join(folder.path, name);
  const config = readEnvironment(consoleSettings, {
    ...{ RECORDINGS_DIR: below('recordings'), CLIPS_DIR: below('clips'), SNAPSHOTS_DIR: below('snapshots') },
    ...{ OBJECTS_DIR: below('objects'), NATS_URL: 'nats://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' },
    CAMERA_CAM_1_URL: 'rtsp://127.0.0.1:1/s',
  });
  const logger = createLogger('console', 'silent');
  const shutdown = new Shutdown(logger);
  @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown }), AppModule] })
  class TestModule {}
  const app = await NestFactory.create<NestExpressApplication>(TestModule, { logger: false });
  await app.init();
  const { router } = app.getHttpAdapter().getInstance() as unknown as { router: { stack: Layer[] } };
  const routes = router.stack.flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}).map((method) => ({ method: method.toUpperCase(), path: route?.path ?? '' })),
  );
  await shutdown.run();
  await app.close();
  await folder.remove();
  return routes;
}
