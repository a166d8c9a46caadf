import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SUBJECTS, type ClipFailed, type ClipReady } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { TestStream } from '@vr/recorded';
import {
  createLogger,
  HealthRegistry,
  readEnvironment,
  Registry,
  ServiceModule,
  Shutdown,
  Transports,
} from '@vr/service';
import { startNats, startRedis, temporaryFolder, until, type Server, type TemporaryFolder } from '@vr/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppModule } from '../app.module';
import { clipperSettings } from '../config';

export const DEADLINE_MS = 20_000;

/** One process's life of the worker, with the frame that bootstrap() gives it. */
class Clipper {
  private constructor(
    private readonly app: INestApplication,
    private readonly shutdown: Shutdown,
  ) {}

  static async start(environment: Record<string, string>): Promise<Clipper> {
    const config = readEnvironment(clipperSettings, environment);
    const logger = createLogger('clipper', process.env['LOG_LEVEL'] ?? 'silent');
    const shutdown = new Shutdown(logger);

    @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown }), AppModule] })
    class RootModule {}

    const app = await NestFactory.create(RootModule, { logger: false, abortOnError: false });
    for (const strategy of app.get(Transports).strategies)
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.init();
    // Nobody would keep an event that comes before the stream is there.
    await until(
      async () =>
        Object.values((await app.get(HealthRegistry).readiness()).dependencies).every(({ state }) => state === 'up'),
      {
        what: 'all dependencies to be up',
        deadlineMs: DEADLINE_MS,
      },
    );
    return new Clipper(app, shutdown);
  }

  async metric(name: string): Promise<number> {
    const metric = await this.app.get(Registry).getSingleMetric(name)?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
  }

  async stop(): Promise<void> {
    await this.shutdown.run();
    await this.app.close();
  }
}

/** A NATS, a Redis, a disk with 40 s of footage that just ended, and the clipper on them. */
export class ClipperWorld {
  readonly ready: ClipReady[] = [];
  readonly failed: ClipFailed[] = [];
  private clipper: Clipper | undefined;

  private constructor(
    private readonly nats: Server,
    readonly redis: Server,
    readonly disk: TemporaryFolder,
    readonly client: Awaited<ReturnType<typeof createClient>>,
    readonly stream: TestStream,
    /** The wall-clock time of the stream's second 0: its first 40 s lie in the past. */
    private readonly zeroMs: number,
    private readonly environment: Record<string, string>,
  ) {
    client.subscribe(SUBJECTS.clipReady, {
      callback: (_, message) => void this.ready.push(message.json<ClipReady>()),
    });
    client.subscribe(SUBJECTS.clipFailed, {
      callback: (_, message) => void this.failed.push(message.json<ClipFailed>()),
    });
  }

  static async begin(): Promise<ClipperWorld> {
    const [nats, redis, disk, stream] = await Promise.all([
      startNats(),
      startRedis(),
      temporaryFolder(),
      TestStream.encode(60),
    ]);
    const folder = (name: string): string => join(disk.path, name);
    const environment = {
      ...{ NATS_URL: nats.url, REDIS_URL: redis.url, NODE_ID: 'test', CAMERAS_FILE: folder('cameras.yaml') },
      ...{ RECORDINGS_DIR: folder('recordings'), CLIPS_DIR: folder('clips'), OBJECTS_DIR: folder('objects') },
      ...{ CLIP_PRE_SECONDS: '4', CLIP_POST_SECONDS: '3' },
    };
    await writeFile(
      folder('cameras.yaml'),
      'cameras:\n  - {id: cam_1, url: "rtsp://127.0.0.1/1"}\n  - {id: cam_2, url: "rtsp://127.0.0.1/2"}\n',
    );
    const zeroMs = Date.now() - 40_000;
    await stream.record(folder('recordings'), 'cam_1', zeroMs, 0, 20);
    await stream.record(folder('recordings'), 'cam_1', zeroMs, 20, 40);
    const client = await createClient({ NATS_URL: nats.url });
    const world = new ClipperWorld(nats, redis, disk, client, stream, zeroMs, environment);
    await world.startClipper();
    return world;
  }

  async startClipper(): Promise<void> {
    this.clipper = await Clipper.start(this.environment);
  }

  async stopClipper(): Promise<void> {
    await this.clipper?.stop();
  }

  async end(): Promise<void> {
    await this.stopClipper();
    await this.client.close();
    await Promise.all([this.nats.stop(), this.redis.stop()]);
    await this.disk.remove();
  }

  /** The instant of a second of the stream, in seconds. */
  at = (second: number): number => Math.round(this.zeroMs + second * 1000) / 1000;

  send = (payload: unknown, type = 'person'): void => {
    this.client.publish(`seguranca.event.${type}`, typeof payload === 'string' ? payload : JSON.stringify(payload));
  };

  ask = async (payload: unknown): Promise<unknown> =>
    (await this.client.request(SUBJECTS.recordClip, JSON.stringify(payload), { timeout: 5000 })).json();

  clipReady = (eventId: string): Promise<ClipReady> =>
    until(() => this.ready.find(({ event_id }) => event_id === eventId), {
      what: `clip.ready of ${eventId}`,
      deadlineMs: DEADLINE_MS,
    });

  metric = (name: string): Promise<number> => this.clipper?.metric(name) ?? Promise.resolve(0);

  counted = (clips: number): Promise<true> =>
    until(async () => (await this.metric('clips_generated_total')) === clips, {
      what: `${clips} clips counted`,
      deadlineMs: 5000,
    }).then(() => true);
}
