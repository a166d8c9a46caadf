import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SUBJECTS, type SnapshotFailed, type SnapshotReady } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { greyJpeg, recordGreys } from '@vr/recorded';
import { createLogger, readEnvironment, Registry, ServiceModule, Shutdown, Transports } from '@vr/service';
import { startNats, temporaryFolder, until, type Server, type TemporaryFolder } from '@vr/testing';
import { AppModule } from '../app.module';
import { snapshotterSettings } from '../config';

type Reply = SnapshotReady & { error?: { code: string; message: string } };

export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** The same picture. Its header says that it is so many pixels wide and high. */
export function claiming(jpeg: Buffer, sidePx: number): Buffer {
  const copy = Buffer.from(jpeg);
  const header = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(sidePx, header + 5);
  copy.writeUInt16BE(sidePx, header + 7);
  return copy;
}

/** A NATS, a stream manager with pictures, footage of two cameras, and the snapshotter on them. */
export class SnapshotterWorld {
  readonly ready: SnapshotReady[] = [];
  readonly failed: SnapshotFailed[] = [];

  private constructor(
    private readonly nats: Server,
    readonly disk: TemporaryFolder,
    readonly jpeg: Buffer,
    private readonly frames: HttpServer,
    /** The addresses that the stream manager was asked for. */
    readonly asked: string[],
    readonly framesUrl: string,
    /** When cam_1's footage begins. It is 10 s long, and its last second is just over. */
    readonly startMs: number,
    /** When cam_2's footage begins. It ended half an hour ago. */
    readonly cam2Ms: number,
    private readonly app: INestApplication,
    readonly shutdown: Shutdown,
    readonly client: Awaited<ReturnType<typeof createClient>>,
  ) {
    client.subscribe(SUBJECTS.snapshotReady, {
      callback: (_, message) => void this.ready.push(message.json<SnapshotReady>()),
    });
    client.subscribe(SUBJECTS.snapshotFailed, {
      callback: (_, message) => void this.failed.push(message.json<SnapshotFailed>()),
    });
  }

  static async begin(): Promise<SnapshotterWorld> {
    const [nats, disk, jpeg] = await Promise.all([startNats(), temporaryFolder(), greyJpeg('640x360')]);
    const folder = (name: string): string => join(disk.path, name);
    await writeFile(
      folder('cameras.yaml'),
      `cameras:\n${[1, 2, 3, 4, 5].map((n) => `  - {id: cam_${n}, url: "rtsp://127.0.0.1/${n}"}`).join('\n')}\n`,
    );
    const asked: string[] = [];
    const frames = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/moved.jpg') response.writeHead(302, { location: '/frame.jpg' }).end();
      else if (request.url === '/endless.jpg') response.write(jpeg);
      else if (request.url === '/page.jpg') response.end('<html>404</html>');
      else response.end(request.url === '/huge.jpg' ? claiming(jpeg, 65_500) : jpeg);
    });
    frames.listen(0, '127.0.0.1');
    await once(frames, 'listening');
    const framesUrl = `http://127.0.0.1:${(frames.address() as AddressInfo).port}`;
    const cam2Ms = Date.now() - 1_800_000;
    await recordGreys(folder('recordings'), 'cam_2', cam2Ms, 4);
    const startMs = Date.now() - 11_000;
    await recordGreys(folder('recordings'), 'cam_1', startMs, 10);

    const config = readEnvironment(snapshotterSettings, {
      ...{ NATS_URL: nats.url, CAMERAS_FILE: folder('cameras.yaml'), FRAME_HOSTS: '127.0.0.1' },
      ...{ RECORDINGS_DIR: folder('recordings'), SNAPSHOTS_DIR: folder('snapshots'), OBJECTS_DIR: folder('objects') },
    });
    const logger = createLogger('snapshotter', process.env['LOG_LEVEL'] ?? 'silent');
    const shutdown = new Shutdown(logger);
    @Module({ imports: [ServiceModule.forRoot({ config, logger, shutdown }), AppModule] })
    class RootModule {}
    const app = await NestFactory.create(RootModule, { logger: false, abortOnError: false });
    for (const strategy of app.get(Transports).strategies)
      app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.init();
    const client = await createClient({ NATS_URL: nats.url });
    const world = new SnapshotterWorld(
      nats,
      disk,
      jpeg,
      frames,
      asked,
      framesUrl,
      startMs,
      cam2Ms,
      app,
      shutdown,
      client,
    );
    await until(() => world.ask({ camera_id: 'cam_9' }).catch(() => undefined), {
      what: 'an answer',
      deadlineMs: 10_000,
    });
    return world;
  }

  async end(): Promise<void> {
    await this.shutdown.run();
    await this.app.close();
    await this.client.close();
    this.frames.closeAllConnections();
    this.frames.close();
    await this.nats.stop();
    await this.disk.remove();
  }

  ask = async (payload: unknown): Promise<Reply> =>
    (await this.client.request(SUBJECTS.recordSnapshot, JSON.stringify(payload), { timeout: 25_000 })).json<Reply>();

  /**
   * Sends a frame of now and asks for a snapshot that shows it. Whoever asks within 200 ms of another request gets that
   * one's picture.
   */
  askFor = (camera_id: string, publish: (timestamp: number) => void): Promise<Reply> =>
    until(
      async () => {
        const timestamp = seconds(Date.now());
        publish(timestamp);
        return [await this.ask({ camera_id })].find(({ captured_at }) => captured_at === timestamp);
      },
      { what: 'a snapshot of the newest frame', deadlineMs: 10_000 },
    );

  frame = (payload: object): void => this.client.publish(SUBJECTS.cameraFrame, JSON.stringify(payload));

  metric = async (name: string): Promise<number> =>
    (await this.app.get(Registry).getSingleMetric(name)?.get())?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}
