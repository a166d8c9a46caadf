import 'reflect-metadata';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SUBJECTS, type ClipFailed, type ClipReady, type ClipRecord } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { hashFile } from '@vr/objects';
import {
  createLogger,
  HealthRegistry,
  readEnvironment,
  Registry,
  ServiceModule,
  Shutdown,
  Transports,
} from '@vr/service';
import {
  runToEnd,
  startNats,
  startRedis,
  temporaryFolder,
  until,
  type Server,
  type TemporaryFolder,
} from '@vr/testing';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppModule } from './app.module';
import { clipperSettings } from './config';
import { picturesOf, TestStream } from '@vr/recorded';

const DEADLINE_MS = 20_000;

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
    // An event that comes before the stream is there is nobody's.
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

describe('clipper, on a real NATS, Redis and disk', () => {
  let nats: Server;
  let redis: Server;
  let disk: TemporaryFolder;
  let client: Awaited<ReturnType<typeof createClient>>;
  let clipper: Clipper;
  let environment: Record<string, string>;
  let stream: TestStream;
  /** The wall-clock time of the stream's second 0: its first 40 s lie in the past. */
  let zeroMs: number;
  const ready: ClipReady[] = [];
  const failed: ClipFailed[] = [];

  beforeAll(async () => {
    [nats, redis, disk, stream] = await Promise.all([
      startNats(),
      startRedis(),
      temporaryFolder(),
      TestStream.encode(60),
    ]);
    const folder = (name: string): string => join(disk.path, name);
    environment = {
      ...{ NATS_URL: nats.url, REDIS_URL: redis.url, NODE_ID: 'test', CAMERAS_FILE: folder('cameras.yaml') },
      ...{ RECORDINGS_DIR: folder('recordings'), CLIPS_DIR: folder('clips'), OBJECTS_DIR: folder('objects') },
      ...{ CLIP_PRE_SECONDS: '4', CLIP_POST_SECONDS: '3' },
    };
    await writeFile(
      folder('cameras.yaml'),
      'cameras:\n  - {id: cam_1, url: "rtsp://127.0.0.1/1"}\n  - {id: cam_2, url: "rtsp://127.0.0.1/2"}\n',
    );
    zeroMs = Date.now() - 40_000;
    await stream.record(folder('recordings'), 'cam_1', zeroMs, 0, 20);
    await stream.record(folder('recordings'), 'cam_1', zeroMs, 20, 40);
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe(SUBJECTS.clipReady, { callback: (_, message) => void ready.push(message.json<ClipReady>()) });
    client.subscribe(SUBJECTS.clipFailed, { callback: (_, message) => void failed.push(message.json<ClipFailed>()) });
    clipper = await Clipper.start(environment);
  }, 60_000);

  afterAll(async () => {
    await clipper.stop();
    await client.close();
    await Promise.all([nats.stop(), redis.stop()]);
    await disk.remove();
  }, 30_000);

  const at = (second: number): number => Math.round(zeroMs + second * 1000) / 1000;
  const send = (payload: unknown, type = 'person'): void => {
    client.publish(`seguranca.event.${type}`, typeof payload === 'string' ? payload : JSON.stringify(payload));
  };
  const clipReady = (eventId: string): Promise<ClipReady> =>
    until(() => ready.find(({ event_id }) => event_id === eventId), {
      what: `clip.ready of ${eventId}`,
      deadlineMs: DEADLINE_MS,
    });

  const counted = (clips: number): Promise<true> =>
    until(async () => (await clipper.metric('clips_generated_total')) === clips, {
      what: `${clips} clips counted`,
      deadlineMs: 5000,
    }).then(() => true);

  it('makes one clip of an event that is published three times: file, thumbnail, record, objects, message', async () => {
    const event = {
      camera_id: 'cam_1',
      timestamp: at(19.3),
      event_id: 'thrice',
      confidence: 0.87,
      zone: { name: 'gate' },
    };
    for (let i = 0; i < 3; i++) send(event);
    const message = await clipReady('thrice');
    expect(message).toMatchObject({
      ...{
        clip_id: `event_cam_1_${at(19.3).toFixed(3)}`,
        event_type: 'person',
        timestamp: at(19.3),
        partial: false,
        gaps: [],
        source: event,
      },
      ...{
        requested_start: at(15.3),
        requested_end: at(22.3),
        start: at(15.3),
        bucket: 'clips',
        codec: 'h264',
        width: 320,
        height: 180,
      },
      ...{
        url: expect.stringContaining('/objects/clips/') as string,
        thumbnail_url: expect.stringContaining('.jpg') as string,
      },
    });
    const object = join(disk.path, 'objects/clips', message.key);
    expect(await hashFile(object)).toEqual({ sha256: message.sha256, sizeBytes: message.size_bytes });
    expect(await picturesOf(object)).toEqual(stream.pictures.slice(153, 223));
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format_tags',
      '-of',
      'json',
      object,
    ]);
    expect(stdout.toString()).toContain('cam_1 person');
    const folder = join(disk.path, 'clips', message.key, '..');
    expect((await readdir(folder)).sort()).toEqual(
      ['jpg', 'json', 'mp4'].map((extension) => `${message.clip_id}.${extension}`),
    );
    // The record follows the message, not the other way round: a message is sent twice rather than never.
    const record = await until(
      async () => {
        const read = JSON.parse(await readFile(join(folder, `${message.clip_id}.json`), 'utf8')) as ClipRecord;
        return read.state === 'announced' && read;
      },
      { what: 'the record to say announced', deadlineMs: 5000 },
    );
    expect(record.ready).toEqual(message);

    // Once more, after all is done; the clip of a later event then shows that it went through.
    send(event);
    send({ camera_id: 'cam_1', timestamp: at(10), event_id: 'after' });
    await clipReady('after');
    await counted(2);
    expect(ready.filter(({ event_id }) => event_id === 'thrice')).toHaveLength(1);
    expect(await clipper.metric('clips_generated_total')).toBe(2);
  });

  it('gives two events of one instant a clip each', async () => {
    for (const id of ['twin-a', 'twin-b']) send({ camera_id: 'cam_1', timestamp: at(12), event_id: id });
    const [a, b] = await Promise.all([clipReady('twin-a'), clipReady('twin-b')]);
    expect(a.key).not.toBe(b.key);
  });

  it('answers a request at once, and announces its clip under the request_id', async () => {
    const ask = async (payload: unknown): Promise<unknown> =>
      (await client.request(SUBJECTS.recordClip, JSON.stringify(payload), { timeout: 5000 })).json();
    const clipId = `clip_cam_1_${at(5).toFixed(3)}_${at(8).toFixed(3)}`;
    expect(await ask({ camera_id: 'cam_1', start: at(5), end: at(8), request_id: 'r-1' })).toEqual({
      clip_id: clipId,
      queued: true,
    });
    expect(await clipReady('r-1')).toMatchObject({ clip_id: clipId, event_type: 'manual', start: at(5), duration: 3 });
    expect(await ask({ camera_id: 'cam_9', start: at(5), end: at(8) })).toMatchObject({
      error: { code: 'unknown_camera' },
    });
    expect(await ask({ camera_id: 'cam_1', start: at(5), end: at(500) })).toMatchObject({
      error: { code: 'too_long' },
    });
  });

  it('answers who asks for the same once more, or for nearly the same, with the clip that is there, also after a restart; one that is gone it cuts again', async () => {
    const ask = async (request_id: string, from: number, to: number): Promise<unknown> =>
      (
        await client.request(
          SUBJECTS.recordClip,
          JSON.stringify({ camera_id: 'cam_1', start: at(from), end: at(to), request_id, reason: request_id }),
          { timeout: 5000 },
        )
      ).json();
    const metric = (): Promise<number> => clipper.metric('clips_generated_total');
    expect(await ask('again-1', 24, 30)).toMatchObject({ queued: true });
    const first = await clipReady('again-1');
    await until(
      async () =>
        (await readFile(join(disk.path, 'clips', first.key.replace('.mp4', '.json')), 'utf8')).includes('"announced"'),
      { what: 'the record to say announced', deadlineMs: 5000 },
    );
    const made = await metric();
    expect(await ask('again-2', 24, 30)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await clipReady('again-2')).toMatchObject({
      clip_id: first.clip_id,
      key: first.key,
      sha256: first.sha256,
      source: { reason: 'again-2' },
      requested_start: at(24),
      partial: false,
    });
    expect(await ask('again-3', 24.4, 30.3)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await clipReady('again-3')).toMatchObject({
      clip_id: first.clip_id,
      start: first.start,
      requested_start: at(24.4),
      requested_end: at(30.3),
    });
    await ask('again-1', 24, 30);
    await until(() => ready.filter(({ event_id }) => event_id === 'again-1').length === 2, {
      what: 'a second message for the same request',
      deadlineMs: DEADLINE_MS,
    });
    expect(await metric()).toBe(made);

    await clipper.stop();
    clipper = await Clipper.start(environment);
    expect(await ask('again-4', 24, 30)).toEqual({ clip_id: first.clip_id, queued: true });
    expect(await clipReady('again-4')).toMatchObject({ key: first.key });
    expect(await metric()).toBe(0);

    for (const root of ['clips', 'objects/clips', 'objects/.meta/clips'])
      for (const name of await readdir(join(disk.path, root, dirname(first.key)))) {
        if (name.startsWith(first.clip_id) && !name.endsWith('.mp4.json') && name !== `${first.clip_id}.json`)
          await rm(join(disk.path, root, dirname(first.key), name), { recursive: true });
      }
    await ask('again-5', 24, 30);
    expect(await clipReady('again-5')).toMatchObject({
      sha256: expect.any(String) as string,
      start: first.start,
      duration: first.duration,
    });
    await counted(1);
  }, 60_000);

  it('says that there is no footage, once and without trying again', async () => {
    send({ camera_id: 'cam_1', timestamp: at(-60), event_id: 'too-early' });
    const message = await until(() => failed.find(({ event_id }) => event_id === 'too-early'), {
      what: 'clip.failed',
      deadlineMs: DEADLINE_MS,
    });
    expect(message).toMatchObject({ camera_id: 'cam_1', code: 'no_footage', timestamp: at(-60) });
    await until(async () => (await clipper.metric('clips_failed_total')) === 1, {
      what: 'one failure counted',
      deadlineMs: 5000,
    });
  });

  it('counts, answers and drops broken events, and cuts the next good one', async () => {
    const good = { camera_id: 'cam_1', timestamp: at(14) };
    const before = await clipper.metric('messages_rejected_total');
    const broken: unknown[] = [
      'not JSON',
      { timestamp: at(14) },
      { ...good, camera_id: 'cam_9' },
      { ...good, camera_id: '../../etc' },
      { ...good, timestamp: 'yesterday' },
      `{"camera_id": "cam_1", "timestamp": NaN, "pre_seconds": "ten"}`,
      { ...good, timestamp: 12 },
      { ...good, timestamp: 32_503_680_000 },
      { data: good },
    ];
    for (const payload of broken) send(payload);
    send({ ...good, event_id: 'good', zone: 'gate', picture: 'x'.repeat(900_000) });
    expect(await clipReady('good')).toMatchObject({
      source: { ...good, event_id: 'good', zone: 'gate' },
      source_truncated: true,
    });
    await until(async () => (await clipper.metric('messages_rejected_total')) - before === broken.length, {
      what: 'nine rejections',
      deadlineMs: 5000,
    });
    // Of nobody, of another machine's camera and of a path there is nobody to tell.
    const told = failed
      .filter(({ code }) => code === 'invalid_payload')
      .map(({ camera_id, field }) => [camera_id, field]);
    expect(told).toEqual(
      ['timestamp', 'pre_seconds', 'timestamp', 'timestamp', 'camera_id'].map((field) => ['cam_1', field]),
    );
  });

  it('waits for footage that is still being written, also where Redis loses the job and the worker is started anew', async () => {
    const zero = Date.now() - 10_000;
    const writer = await stream.record(join(disk.path, 'recordings'), 'cam_2', zero, 0, 10, 'open');
    const seconds = (second: number): number => Math.round(zero + second * 1000) / 1000;
    send({ camera_id: 'cam_2', timestamp: seconds(9), event_id: 'live', pre_seconds: 5, post_seconds: 7 });
    const record = join(
      disk.path,
      'clips/cam_2',
      new Date(zero + 9000).toISOString().slice(0, 10),
      `event_cam_2_${seconds(9).toFixed(3)}.json`,
    );
    await until(async () => (await clipper.metric('clip_jobs')) > 0 && (await readFile(record)).length > 0, {
      what: 'the job',
      deadlineMs: DEADLINE_MS,
    });
    await clipper.stop();
    await runToEnd('redis-cli', ['-p', `${redis.port}`, 'flushall']);
    clipper = await Clipper.start(environment);
    await until(() => Date.now() > zero + 16_500, { what: 'the end of the window', deadlineMs: DEADLINE_MS });
    await stream.append(writer, zero, 10, 18);
    const message = await clipReady('live');
    expect(message).toMatchObject({ partial: false, start: seconds(4) });
    expect(await picturesOf(join(disk.path, 'objects/clips', message.key))).toEqual(stream.pictures.slice(40, 160));
    await writer.close();
    await counted(1);
  }, 60_000);
});
