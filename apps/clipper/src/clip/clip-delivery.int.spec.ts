import { writeFile } from 'node:fs/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PostponedError } from '@vr/base';
import { clipKey, type ClipReady, type ClipRecord } from '@vr/contracts';
import { ClipFolder } from '@vr/library';
import { hashFile, OBJECT_STORE, ObjectsModule, type ObjectStore } from '@vr/objects';
import { createLogger, readEnvironment, ServiceModule, settings, Shutdown } from '@vr/service';
import {
  startHostileStore,
  startObjectServer,
  temporaryFolder,
  type HostileStore,
  type Misdeed,
  type ObjectServer,
  type TemporaryFolder,
} from '@vr/testing';
import { job } from '../testing/clip-world';
import { ClipDelivery } from './clip-delivery';

describe('ClipDelivery and a store that misbehaves', () => {
  let server: ObjectServer;
  let hostile: HostileStore;
  let disk: TemporaryFolder;
  let store: ObjectStore;
  let end: () => Promise<void>;
  let folder: ClipFolder;
  let nowMs = 0;
  let record: ClipRecord;
  let ready: ClipReady;

  beforeAll(async () => {
    server = await startObjectServer();
    hostile = await startHostileStore(server.port);
    disk = await temporaryFolder();
    const { accessKey, secretKey, region } = server;
    const config = readEnvironment(settings.objects, {
      MINIO_ENDPOINT: hostile.endpoint,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
      MINIO_REGION: region,
    });
    const logger = createLogger('test', 'silent');
    @Module({
      imports: [ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger) }), ObjectsModule.forRoot()],
    })
    class StoreModule {}
    const app = await NestFactory.createApplicationContext(StoreModule, { logger: false });
    end = () => app.close();
    store = app.get<ObjectStore>(OBJECT_STORE);
    await store.ensureBucket('clips', 90);
    folder = new ClipFolder(disk.path, { warn: () => undefined });
    for (const kind of ['mp4', 'jpg'] as const) {
      const path = await folder.temporaryPath(job, kind);
      await writeFile(path, Buffer.alloc(kind === 'mp4' ? 3_000_000 : 30_000, `${kind} `));
      await folder.keep(path, job, kind);
    }
    const { sha256, sizeBytes } = await hashFile(await folder.path(job, 'mp4'));
    ready = {
      ...{
        clip_id: job.clipId,
        event_id: job.eventId,
        camera_id: job.cameraId,
        event_type: job.eventType,
        url: '',
        thumbnail_url: '',
        timestamp: 0,
        start: 0,
        end: 40,
      },
      ...{
        duration: 40,
        requested_start: 0,
        requested_end: 40,
        partial: false,
        gaps: [],
        bucket: 'clips',
        key: clipKey(job, 'mp4'),
      },
      ...{ size_bytes: sizeBytes, sha256, codec: 'h264', width: 640, height: 360, source: {} },
    };
    record = { state: 'cut', job, ready };
  }, 120_000);
  afterAll(async () => {
    await end();
    await hostile.stop();
    await server.stop();
    await disk.remove();
  });

  const delivery = (): ClipDelivery =>
    new ClipDelivery(
      folder,
      { events: () => Promise.resolve([job]) },
      store,
      { publish: () => Promise.resolve() },
      { nowMs: () => nowMs, monotonicMs: () => nowMs },
    );
  const upload = (by: ClipDelivery): Promise<unknown> =>
    by.upload(record, ready, { isNew: true, signal: new AbortController().signal }).then(
      () => 'stored',
      (error: unknown) => error,
    );

  it.each<[Misdeed, RegExp]>([
    ['refuse', /refused our key/],
    ['full', /is full|failed|not ready/],
    ['reset', /broke the connection/],
    ['lose', /something else than what was sent.*found no such object/],
    ['corrupt', /got something else than what was sent/],
    ['rot', /something else than what was sent.*read back/],
  ])(
    'puts a clip off, with a reason in a sentence, while the store does this: %s; and stores it when that is over',
    async (misdeed, reason) => {
      await store.remove('clips', ready.key);
      const clips = delivery();
      hostile.misbehave(misdeed);
      const failure = await upload(clips);
      expect(failure).toBeInstanceOf(PostponedError);
      expect((failure as Error).message).toMatch(reason);
      const met = hostile.met.get(misdeed) ?? 0;
      // The next one does not even ask.
      expect(await upload(clips)).toBeInstanceOf(PostponedError);
      expect(hostile.met.get(misdeed)).toBe(met);
      hostile.misbehave('none');
      nowMs += 61_000;
      expect(await upload(clips)).toBe('stored');
      expect(await store.stat('clips', ready.key)).toMatchObject({ sha256: ready.sha256, sizeBytes: ready.size_bytes });
    },
    60_000,
  );

  it('waits for a slow store as long as bytes flow', async () => {
    hostile.misbehave('slow');
    expect(await upload(delivery())).toBe('stored');
    hostile.misbehave('none');
  }, 60_000);

  it('is not held up by a store that never answers: a ninth upload that would wait goes back', async () => {
    hostile.misbehave('hang');
    const clips = delivery();
    const stop = new AbortController();
    const hanging = Array.from({ length: 12 }, () =>
      clips.upload(record, ready, { isNew: true, signal: stop.signal }).catch((error: unknown) => error),
    );
    expect(await upload(clips)).toMatchObject({
      name: 'PostponedError',
      message: expect.stringContaining('wait already') as string,
    });
    stop.abort(new Error('enough'));
    hostile.misbehave('none');
    await Promise.all(hanging);
  }, 60_000);
});
