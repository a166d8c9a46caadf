import { join } from 'node:path';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hashFile, OBJECT_STORE, ObjectsModule, type ObjectStore } from '@vr/objects';
import { createLogger, readEnvironment, ServiceModule, settings, Shutdown } from '@vr/service';
import {
  objectServerAbilities,
  startObjectServer,
  temporaryFolder,
  until,
  withoutLifecycle,
  type BareObjectServer,
  type ObjectServer,
  type TemporaryFolder,
} from '@vr/testing';
import { DAY_MS, START_MS, startJanitor, type StartedJanitor } from '../janitor.fixture';
import { JanitorSchedule } from '../retention/janitor-schedule';

const { kind, lifecycle } = await objectServerAbilities();

const expiry = async (started: StartedJanitor) => (await started.health.readiness()).dependencies['expiry of objects'];

describe('objects past their retention', () => {
  let folder: TemporaryFolder;
  let started: StartedJanitor;

  beforeEach(async () => {
    folder = await temporaryFolder('janitor-objects');
    started = await startJanitor(folder.path);
  });
  afterEach(() => folder.remove());

  /** Without what is 0, as counters are for labels of which nothing was counted. */
  const metric = async (name: string): Promise<Record<string, number>> => {
    const { values } = (await started.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    const counted = values.filter(({ value }) => value !== 0);
    return Object.fromEntries(counted.map(({ labels, value }) => [Object.values(labels).join(','), value]));
  };

  it('removes the objects of local copies that expired, also when the store is back only later', async () => {
    const old = await started.clip(91, 'announced');
    for (const days of [10, 20, 30]) await started.clip(days, 'announced');
    const key = old.slice(started.config.CLIPS_DIR.length + 1);
    const ofClip = [`${key}.mp4`, `${key}.jpg`].map((name) => ({ key: name, sizeBytes: 5, lastModifiedMs: START_MS }));
    const foreign = { key: 'backup/2026-08-01/other.mp4', sizeBytes: 5, lastModifiedMs: 0 };
    Object.assign(started.objects, { clips: [...ofClip, foreign], lifecycle: true, away: true });
    await started.janitor.sweep();
    expect(await started.isThere(`${old}.mp4`)).toBe(false);
    expect(started.objects.clips).toHaveLength(3);
    expect(await expiry(started)).toMatchObject({ state: 'degraded' });
    started.objects.away = false;
    await started.janitor.sweep();
    expect(started.objects.clips).toEqual([foreign]);
    expect((await expiry(started))?.sentence).toContain('the server expires bucket clips after 90 days');
  });

  it('looks again within seconds at a store that was away, and readiness says that it is back', async () => {
    const shutdown = new Shutdown(createLogger('test', 'silent'));
    started.objects.away = true;
    new JanitorSchedule({ CLEANUP_CRON: '0 4 * * *', TZ: 'UTC' }, started.janitor, shutdown).onApplicationBootstrap();
    try {
      await until(async () => (await expiry(started))?.state === 'degraded', {
        what: 'readiness to say that it is away',
        deadlineMs: 10_000,
      });
      started.objects.away = false;
      await until(async () => (await expiry(started))?.state === 'up', {
        what: 'readiness to say that it is back',
        deadlineMs: 20_000,
      });
    } finally {
      await shutdown.run();
    }
  }, 40_000);

  it('expires objects itself where the store does not, and says so', async () => {
    const name = (daysAgo: number) => {
      const ms = START_MS - daysAgo * DAY_MS;
      return {
        key: `cam_1/${new Date(ms).toISOString().slice(0, 10)}/event_cam_1_${(ms / 1000).toFixed(3)}.mp4`,
        sizeBytes: 5,
        lastModifiedMs: ms,
      };
    };
    const [young, younger] = [name(10), name(1)];
    started.objects.clips = [name(100), young, younger];
    started.objects.lifecycle = true;
    await started.janitor.sweep();
    expect(started.objects.clips).toHaveLength(3);
    started.objects.lifecycle = false;
    await started.janitor.sweep();
    expect(started.objects.clips).toEqual([young, younger]);
    expect(await metric('retention_deleted_bytes_total')).toEqual({ 'clip_object,age': 5 });
    expect((await expiry(started))?.sentence).toContain('the janitor deletes from bucket clips');
  });

  it('expires objects also where a bucket has very many', async () => {
    const name = (ms: number) => ({
      key: `cam_1/${new Date(ms).toISOString().slice(0, 10)}/event_cam_1_${(ms / 1000).toFixed(3)}.mp4`,
      sizeBytes: 5,
      lastModifiedMs: ms,
    });
    const young = Array.from({ length: 200_000 }, (_, i) => name(START_MS - i * 1000));
    Object.assign(started.objects, { clips: [name(START_MS - 100 * DAY_MS), ...young], lifecycle: false });
    await started.janitor.sweep();
    expect(started.objects.clips).toHaveLength(young.length);
  });
});

describe('objects on a real S3 server', () => {
  let server: ObjectServer;
  let bare: BareObjectServer;
  let folder: TemporaryFolder;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder('janitor-s3');
    server = await startObjectServer();
    bare = await withoutLifecycle(server.port);
  }, 120_000);
  afterAll(async () => {
    for (const app of apps) await app.get(Shutdown).run();
    bare.close();
    await server.stop();
    await folder.remove();
  });

  async function storeAt(port: number, more: Record<string, string> = {}): Promise<ObjectStore> {
    const config = readEnvironment(settings.objects, {
      MINIO_ENDPOINT: `127.0.0.1:${port}`,
      MINIO_ACCESS_KEY: server.accessKey,
      MINIO_SECRET_KEY: server.secretKey,
      ...more,
    });
    const logger = createLogger('test', 'silent');
    @Module({
      imports: [ServiceModule.forRoot({ config, logger, shutdown: new Shutdown(logger) }), ObjectsModule.forRoot()],
    })
    class TestModule {}
    const app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    apps.push(app);
    return app.get<ObjectStore>(OBJECT_STORE);
  }
  /** Puts an object with the name of a clip of the instant. The server says that it was made now. */
  const keyOf = (ms: number): string =>
    `cam_1/${new Date(ms).toISOString().slice(0, 10)}/event_cam_1_${(ms / 1000).toFixed(3)}.mp4`;
  const put = async (store: ObjectStore, bucket: string, key: string, started: StartedJanitor): Promise<void> => {
    const path = await started.put(join(folder.path, 'object'));
    await store.putFile(bucket, key, path, { contentType: 'video/mp4', metadata: {}, ...(await hashFile(path)) });
  };

  /** What readiness says of a bucket on the server of these tests. */
  const expirySentence = (bucket: string, days: number): string =>
    lifecycle
      ? `the server expires bucket ${bucket} after ${days} days (its rule was read back)`
      : `the janitor deletes from bucket ${bucket} after ${days} days (the store does not expire it itself)`;

  const rule = lifecycle ? 'the server’s expiry rule, which is read back' : `no expiry rule on ${kind}, which is said`;

  it(`have ${rule}; those of local copies that expire go at once`, async () => {
    const store = await storeAt(server.port);
    const started = await startJanitor(
      join(folder.path, 'a'),
      { CLIPS_BUCKET: 'a-clips', SNAPSHOTS_BUCKET: 'a-snapshots' },
      store,
    );
    await started.janitor.sweep();
    expect(await expiry(started)).toEqual({
      state: 'up',
      sentence: `${expirySentence('a-clips', 90)}; ${expirySentence('a-snapshots', 30)}`,
    });
    const expired = await started.clip(91, 'announced');
    for (const days of [1, 2, 3]) await started.clip(days, 'announced');
    const key = `${expired.slice(started.config.CLIPS_DIR.length + 1)}.mp4`;
    const young = keyOf(START_MS - DAY_MS);
    for (const one of [key, young]) await put(store, 'a-clips', one, started);
    await started.janitor.sweep();
    expect([await store.stat('a-clips', key), (await store.stat('a-clips', young))?.sizeBytes]).toEqual([
      undefined,
      10,
    ]);
    expect((await started.audit()).map(({ what }) => what)).toContain(`a-clips/${key}`);
  });

  it('are listed and deleted where the server has no expiry rules, and that is said', async () => {
    const store = await storeAt(bare.port);
    const started = await startJanitor(
      join(folder.path, 'b'),
      { CLIPS_BUCKET: 'b-clips', SNAPSHOTS_BUCKET: 'b-snapshots' },
      store,
    );
    await started.janitor.sweep();
    expect((await expiry(started))?.sentence).toBe(
      'the janitor deletes from bucket b-clips after 90 days (the store does not expire it itself); ' +
        'the janitor deletes from bucket b-snapshots after 30 days (the store does not expire it itself)',
    );
    const madeMs = Date.now(); // the server's own clock
    const [old, young, younger] = [keyOf(madeMs - DAY_MS), keyOf(madeMs + 40 * DAY_MS), keyOf(madeMs + 50 * DAY_MS)];
    for (const one of [old, young, younger, 'somebody/else.mp4']) await put(store, 'b-clips', one, started);
    started.now.ms = madeMs + 91 * DAY_MS;
    await started.memory.write({ announced: [], announcedObjects: [], seenMs: started.now.ms });
    const later = await startJanitor(
      join(folder.path, 'b'),
      { CLIPS_BUCKET: 'b-clips', SNAPSHOTS_BUCKET: 'b-snapshots' },
      store,
    );
    later.now.ms = started.now.ms;
    await later.janitor.sweep();
    const left = await Promise.all(
      [old, young, younger, 'somebody/else.mp4'].map(async (one) => (await store.stat('b-clips', one))?.sizeBytes),
    );
    expect(left).toEqual([undefined, 10, 10, 10]);
    expect(bare.refused).toBeGreaterThan(0);
  });

  it('of other nodes in the same bucket are neither listed nor deleted', async () => {
    const [site1, site2, whole] = await Promise.all([
      storeAt(bare.port, { OBJECT_PREFIX: 'site1' }),
      storeAt(bare.port, { OBJECT_PREFIX: 'site2' }),
      storeAt(bare.port),
    ]);
    const buckets = { CLIPS_BUCKET: 'c-clips', SNAPSHOTS_BUCKET: 'c-snapshots' };
    const started = await startJanitor(join(folder.path, 'c'), buckets, site1);
    await started.janitor.sweep();
    expect((await expiry(started))?.sentence).toContain(
      'the janitor deletes from bucket c-clips below site1/ after 90 days (the store does not expire it itself)',
    );
    const madeMs = Date.now(); // the server's own clock
    const [old, young, younger] = [keyOf(madeMs - DAY_MS), keyOf(madeMs + 40 * DAY_MS), keyOf(madeMs + 50 * DAY_MS)];
    for (const store of [site1, site2, whole])
      for (const one of [old, young, younger]) await put(store, 'c-clips', one, started);
    started.now.ms = madeMs + 91 * DAY_MS;
    await started.memory.write({ announced: [], announcedObjects: [], seenMs: started.now.ms });
    const later = await startJanitor(join(folder.path, 'c'), buckets, site1);
    later.now.ms = started.now.ms;
    await later.janitor.sweep();
    const left: string[] = [];
    for await (const { key } of whole.list('c-clips', '')) left.push(key);
    const all = [old, young, younger].flatMap((key) => [key, `site1/${key}`, `site2/${key}`]);
    expect(left.sort()).toEqual(all.filter((key) => key !== `site1/${old}`).sort());
    expect((await later.audit()).map(({ what }) => what)).toContain(`c-clips/site1/${old}`);
  });
});
