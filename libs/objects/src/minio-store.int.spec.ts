import { writeFile } from 'node:fs/promises';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  objectServerAbilities,
  startObjectServer,
  temporaryFolder,
  until,
  withoutLifecycle,
  type ObjectServer,
  type TemporaryFolder,
} from '@vr/testing';
import { hashFile } from './hash-file';
import { minioClient } from './minio-session';
import { MinioStore, type MinioStoreOptions } from './minio-store';
import { describeObjectStore, type ObjectStoreHarness } from './object-store.suite';

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const { kind, lifecycle } = await objectServerAbilities();

/** This file shares one server: the radosgw that stands in for MinIO takes a quarter of a minute to start. */
let running: Promise<ObjectServer> | undefined;
const sharedServer = (): Promise<ObjectServer> => (running ??= startObjectServer());
afterAll(async () => (await running)?.stop());

function optionsFor(server: ObjectServer): MinioStoreOptions {
  const access = {
    host: '127.0.0.1',
    port: server.port,
    useSsl: false,
    accessKey: server.accessKey,
    secretKey: server.secretKey,
    region: server.region,
  };
  return {
    access,
    publicAccess: access,
    urlMode: 'presigned',
    urlTtlSeconds: 604_800,
    scope: { nodeId: 'node1', prefix: '' },
  };
}

function impostorOf(options: MinioStoreOptions): MinioStoreOptions {
  const access = { ...options.access, secretKey: 'wrong-secret-of-somebody' };
  return { ...options, access, publicAccess: access };
}

async function startMinio(): Promise<ObjectStoreHarness> {
  const server = await sharedServer();
  const nowMs = { offset: 0 };
  let failures = 0;
  const uploads = { failed: () => (failures += 1), verified: () => undefined };
  const store = new MinioStore(optionsFor(server), { ...clock, nowMs: () => Date.now() + nowMs.offset }, uploads);
  const impostor = new MinioStore(impostorOf(optionsFor(server)), clock, uploads);
  return {
    store,
    impostor,
    nowMs,
    oddKey: server.can.plusInKeys ? 'cam_2/a/ç +&=.jpg' : 'cam_2/a/ç &=.jpg',
    uploadFailures: () => failures,
    gone: () => server.kill(),
    back: () => server.restart(),
    end: () => {
      store.close();
      impostor.close();
      return Promise.resolve();
    },
  };
}

describeObjectStore(`MinioStore on a real S3 server (${kind})`, startMinio);

describe('MinioStore and a server that does not behave', () => {
  let server: ObjectServer;
  let folder: TemporaryFolder;
  let path: string;
  let proxy: TcpServer;
  /** What the proxy does with the next connections, one entry each. Afterwards it passes everything. */
  let misdeeds: ((socket: Socket) => void)[] = [];
  const stores: MinioStore[] = [];
  const open = (options: MinioStoreOptions): MinioStore => {
    const store = new MinioStore(options, clock, { failed: () => undefined, verified: () => undefined });
    stores.push(store);
    return store;
  };
  const throughProxy = (): MinioStore => {
    const options = optionsFor(server);
    return open({ ...options, access: { ...options.access, port: (proxy.address() as { port: number }).port } });
  };
  const put = async (store: MinioStore, key = 'cam_1/a.mp4'): Promise<void> =>
    store.putFile('clips', key, path, { contentType: 'video/mp4', metadata: {}, ...(await hashFile(path)) });

  beforeAll(async () => {
    server = await sharedServer();
    folder = await temporaryFolder('minio-store');
    path = join(folder.path, 'a.mp4');
    await writeFile(path, Buffer.alloc(8 * 1024 * 1024, 'frames '));
    const { connect } = await import('node:net');
    proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      const misdeed = misdeeds.shift();
      if (misdeed) return misdeed(socket);
      const upstream = connect(server.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
      return undefined;
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  }, 120_000);
  afterAll(async () => {
    for (const store of stores) store.close();
    proxy.close();
    await folder.remove();
  });

  it('names a wrong secret, also for a large file, and shows none', async () => {
    const impostor = open(impostorOf(optionsFor(server)));
    const failure = (await put(impostor).catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ code: 'storage_unavailable' });
    expect(failure.message).toMatch(/refused our key .*MINIO_SECRET_KEY/);
    const everything = JSON.stringify([failure.message, failure.stack, String(failure.cause)]);
    expect(everything).not.toContain('wrong-secret-of-somebody');
    expect(everything).not.toContain(server.secretKey);
  });

  it('tries a reset connection again', async () => {
    const store = throughProxy();
    await store.ensureBucket('clips', 90);
    store.close(); // so that the next request needs a new connection
    misdeeds = [
      (socket) => void socket.once('data', () => socket.resetAndDestroy()),
      (socket) => void socket.resetAndDestroy(),
    ];
    await put(store, 'cam_1/after-reset.mp4');
    expect(misdeeds).toEqual([]);
    expect(await store.stat('clips', 'cam_1/after-reset.mp4')).toMatchObject({ sizeBytes: 8 * 1024 * 1024 });
  });

  it('makes a bucket again that was wanted once and is missing', async () => {
    const store = open(optionsFor(server));
    await server.kill();
    await expect(store.ensureBucket('late-bucket', 30)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await server.restart();
    await store.putFile('late-bucket', 'a.mp4', path, {
      contentType: 'video/mp4',
      metadata: {},
      ...(await hashFile(path)),
    });
    expect(await store.stat('late-bucket', 'a.mp4')).toBeDefined();
  }, 60_000);

  it(
    'that could not be reached at the very first start is ready once it can: what is missing is made, the ' +
      'bucket and its rule',
    async () => {
      const store = open(optionsFor(server));
      await server.kill();
      await expect(store.ensureBucket('first-start', 30)).rejects.toMatchObject({ code: 'storage_unavailable' });
      await expect(store.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
      await server.restart();
      await store.check();
      expect(await minioClient(optionsFor(server).access).bucketExists('first-start')).toBe(true);
      expect(await store.supportsLifecycle('first-start', 30)).toBe(lifecycle);
    },
    60_000,
  );

  it('whose bucket was there before the very first start gets its rule, too, once it can be reached', async () => {
    await minioClient(optionsFor(server).access).makeBucket('was-there', server.region);
    const store = open(optionsFor(server));
    await server.kill();
    await expect(store.ensureBucket('was-there', 30)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await server.restart();
    await store.putFile('was-there', 'a.mp4', path, {
      contentType: 'video/mp4',
      metadata: {},
      ...(await hashFile(path)),
    });
    if (lifecycle)
      await until(() => store.supportsLifecycle('was-there', 30), {
        what: 'the rule after the first upload',
        deadlineMs: 10_000,
      });
    await store.check();
  }, 60_000);

  it('whose bucket somebody removed is ready again: the check makes it', async () => {
    const store = open(optionsFor(server));
    await store.ensureBucket('removed', 30);
    await minioClient(optionsFor(server).access).removeBucket('removed');
    await store.check();
    expect(await store.supportsLifecycle('removed', 30)).toBe(lifecycle);
  });

  if (lifecycle) {
    it('sets the expiry rule, rounded up to days, and says whether the server keeps it', async () => {
      const store = open(optionsFor(server));
      await store.ensureBucket('with-expiry', 0.5);
      expect(await store.supportsLifecycle('with-expiry', 0.5)).toBe(true);
      expect(await store.supportsLifecycle('with-expiry', 1)).toBe(true);
      expect(await store.supportsLifecycle('with-expiry', 2)).toBe(false);
    });

    it('takes a changed retention into the rule, and sees when somebody took the rule away', async () => {
      const store = open(optionsFor(server));
      await store.ensureBucket('with-expiry', 30);
      expect(await store.supportsLifecycle('with-expiry', 30)).toBe(true);
      const { access } = optionsFor(server);
      await minioClient(access).removeBucketLifecycle('with-expiry');
      expect(await store.supportsLifecycle('with-expiry', 30)).toBe(false);
      await store.ensureBucket('with-expiry', 30);
      expect(await store.supportsLifecycle('with-expiry', 30)).toBe(true);
    });

    it(
      'keeps the rules of many nodes in one bucket, though they set them at one moment, and takes over the rule ' +
        'of an older version',
      async () => {
        const scopes = [1, 2, 3, 4].map((n) => ({ nodeId: `jetson${n}`, prefix: `site${n}/` }));
        const stores = scopes.map((scope) => open({ ...optionsFor(server), scope }));
        const client = minioClient(optionsFor(server).access);
        await client.makeBucket('shared-bucket');
        await client.setBucketLifecycle('shared-bucket', {
          Rule: [{ ID: 'video-recorder-expire', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 5 } }],
        });
        const inForce = (): Promise<boolean[]> =>
          Promise.all(stores.map((store, i) => store.supportsLifecycle('shared-bucket', 30 + i)));
        await until(
          async () => {
            await Promise.all(stores.map((store, i) => store.ensureBucket('shared-bucket', 30 + i)));
            return (await inForce()).every(Boolean);
          },
          { what: 'four rules in force', deadlineMs: 20_000 },
        );
        const rules = [(await client.getBucketLifecycle('shared-bucket'))?.Rule ?? []].flat();
        const days = Object.fromEntries(
          rules.filter(({ Expiration }) => Expiration).map(({ ID, Expiration }) => [ID, Number(Expiration?.Days)]),
        );
        const own = Object.fromEntries(
          scopes.map(({ nodeId }, i) => [`video-recorder-expire:${nodeId}:site${i + 1}`, 30 + i]),
        );
        expect(days).toEqual({ 'video-recorder-expire': 33, ...own });
        expect(await stores[0]?.expiredSooner('shared-bucket', 30)).toBeUndefined();
        const whole = open(optionsFor(server));
        await whole.ensureBucket('shared-bucket', 7);
        expect(await whole.supportsLifecycle('shared-bucket', 7)).toBe(true);
        expect(await stores[0]?.expiredSooner('shared-bucket', 30)).toEqual({
          id: 'video-recorder-expire:node1',
          days: 7,
        });
      },
      60_000,
    );
  } else {
    // The same promise holds where the server cannot keep it: nobody is told that objects expire.
    it(`says that ${kind}, which has no expiry rules, does not expire`, async () => {
      const store = open(optionsFor(server));
      await store.ensureBucket('with-expiry', 0.5);
      expect(await store.supportsLifecycle('with-expiry', 0.5)).toBe(false);
    });
  }

  it('goes on with a server that has no expiry rules, and says that it does not expire', async () => {
    const bare = await withoutLifecycle(server.port);
    const options = optionsFor(server);
    const store = open({ ...options, access: { ...options.access, port: bare.port } });
    await store.ensureBucket('no-expiry', 7);
    expect(await store.supportsLifecycle('no-expiry', 7)).toBe(false);
    await put(store, 'cam_1/kept.mp4');
    expect(bare.refused).toBeGreaterThan(0);
    bare.close();
  });

  it('signs for the public endpoint without a network', async () => {
    const options = optionsFor(server);
    const publicAccess = { ...options.publicAccess, host: 'videos.example.org', port: 443, useSsl: true };
    const access = { ...options.access, port: 1 };
    expect(await open({ ...options, access, publicAccess }).url('clips', 'cam_1/a b.mp4')).toMatch(
      /^https:\/\/videos\.example\.org\/clips\/cam_1\/a%20b\.mp4\?.*X-Amz-Signature=/,
    );
    expect(await open({ ...options, access, publicAccess, urlMode: 'plain' }).url('clips', 'cam_1/a b.mp4')).toBe(
      'https://videos.example.org/clips/cam_1/a%20b.mp4',
    );
  });

  it('passes its check while the server runs', async () => {
    await open(optionsFor(server)).check();
    await expect(open(impostorOf(optionsFor(server))).check()).rejects.toThrow(/refused our key/);
  });
});
