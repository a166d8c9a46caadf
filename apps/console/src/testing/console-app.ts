import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Clock, systemClock } from '@vr/base';
import { ObjectsModule } from '@vr/objects';
import { createLogger, readEnvironment, ServiceModule, Shutdown } from '@vr/service';
import { temporaryFolder } from '@vr/testing';
import { AuditModule } from '../audit/audit.module';
import { CameraTestModule } from '../camera-test/camera-test.module';
import { CamerasModule } from '../cameras/cameras.module';
import { consoleSettings } from '../config';
import { EventsModule } from '../events/events.module';
import { FootageModule } from '../footage/footage.module';
import { HealthModule } from '../health/health.module';
import { HttpModule } from '../http/http.module';
import { LibraryModule } from '../library/library.module';
import { LiveModule } from '../live/live.module';
import { SharesModule } from '../shares/shares.module';

const TOKEN = 'open-sesame-1';

/** The console's part that reads the disk, over HTTP, with folders of its own and nothing else beside it. */
export class ConsoleApp {
  private constructor(
    readonly app: INestApplication<Server>,
    readonly url: string,
    readonly folder: { path: string; remove(): Promise<void> },
    private readonly shutdown: Shutdown,
  ) {}

  static async start(o: {
    cameras: readonly string[];
    /** Those of them that have a sub-stream. */
    subStreams?: readonly string[];
    environment?: Record<string, string>;
    /** People may sign in by name. */
    users?: true;
    clock?: Clock;
  }): Promise<ConsoleApp> {
    const folder = await temporaryFolder('console');
    const below = (name: string): string => join(folder.path, name);
    await writeFile(
      below('cameras.yml'),
      JSON.stringify({
        cameras: o.cameras.map((id) => ({
          id,
          url: 'rtsp://127.0.0.1:1/s',
          ...(o.subStreams?.includes(id) && { sub_url: 'rtsp://127.0.0.1:1/sub' }),
        })),
      }),
    );
    const config = readEnvironment(consoleSettings, {
      CAMERAS_FILE: below('cameras.yml'),
      RECORDINGS_DIR: below('recordings'),
      CLIPS_DIR: below('clips'),
      SNAPSHOTS_DIR: below('snapshots'),
      OBJECTS_DIR: below('objects'),
      CONSOLE_API_TOKEN: TOKEN,
      ...(o.users && { USERS_FILE: below('users.json') }),
      ...o.environment,
    });
    const logger = createLogger('console', 'error');
    const shutdown = new Shutdown(logger);
    @Module({
      imports: [
        ServiceModule.forRoot({ config, logger, shutdown, clock: o.clock ?? systemClock }),
        ...[ObjectsModule.forRoot(), HttpModule, AuditModule, CamerasModule, FootageModule, LibraryModule],
        ...[CameraTestModule, EventsModule, HealthModule, LiveModule, SharesModule],
      ],
    })
    class TestModule {}
    const app = await NestFactory.create<INestApplication<Server>>(TestModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    return new ConsoleApp(app, await app.getUrl(), folder, shutdown);
  }

  get recordingsDir(): string {
    return join(this.folder.path, 'recordings');
  }

  post(path: string, body: object): Promise<Response> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  get(path: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      redirect: 'manual',
      signal: signal ?? null,
    });
  }

  async stop(): Promise<void> {
    await this.shutdown.run();
    await this.app.close();
    await this.folder.remove();
  }
}
