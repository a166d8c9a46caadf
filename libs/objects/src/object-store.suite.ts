import { createHash } from 'node:crypto';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '@vr/base';
import { ContractError } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { hashFile } from './hash-file';
import type { ObjectEntry, ObjectStore, PutOptions } from './object-store';

/** One adapter on a real store, and what a test does to that store from outside. */
export interface ObjectStoreHarness {
  store: ObjectStore;
  /** A key with the characters that servers and clients have stumbled over, as far as this server takes them. */
  oddKey: string;
  /** The same store, when the one who asks has a wrong secret. */
  impostor: ObjectStore;
  uploadFailures(): number;
  nowMs: { offset: number };
  gone(): Promise<void>;
  back(): Promise<void>;
  end(): Promise<void>;
}

const CLIPS = 'clips';
const KEY = 'cam_1/2026-11-23/event_cam_1_1732723200.123.mp4';
/** Larger than the part size of S3 (5 MiB), and than what sockets buffer. */
const LARGE_BYTES = 12 * 1024 * 1024 + 7;

export function describeObjectStore(name: string, start: () => Promise<ObjectStoreHarness>): void {
  describe(name, () => {
    let harness: ObjectStoreHarness;
    let store: ObjectStore;
    let folder: TemporaryFolder;
    const source = async (content: Buffer): Promise<{ path: string; options: PutOptions }> => {
      const path = join(folder.path, `${createHash('sha256').update(content).digest('hex')}.mp4`);
      await writeFile(path, content);
      return {
        path,
        options: {
          contentType: 'video/mp4',
          metadata: { camera: 'cam_1', 'event-type': 'pessoa no portão 50%' },
          ...(await hashFile(path)),
        },
      };
    };
    const put = async (key: string, content: Buffer): Promise<PutOptions> => {
      const { path, options } = await source(content);
      await store.putFile(CLIPS, key, path, options);
      return options;
    };
    const entries = async (prefix: string): Promise<ObjectEntry[]> => {
      const all: ObjectEntry[] = [];
      for await (const entry of store.list(CLIPS, prefix)) all.push(entry);
      return all;
    };
    const unavailable = expect.objectContaining({ code: 'storage_unavailable' }) as unknown;

    beforeAll(async () => {
      folder = await temporaryFolder('object-store-suite');
      harness = await start();
      store = harness.store;
      await store.ensureBucket(CLIPS, 0.5);
    }, 120_000);
    afterAll(async () => {
      await harness.end();
      await folder.remove();
    });

    it('has buckets with dots in their names', async () => {
      const { path, options } = await source(Buffer.from('a clip'));
      await store.ensureBucket('videos.example-1.org', 30);
      await store.putFile('videos.example-1.org', KEY, path, options);
      expect(await store.stat('videos.example-1.org', KEY)).toMatchObject({ sha256: options.sha256 });
      expect((await buffer(await store.read('videos.example-1.org', KEY))).toString()).toBe('a clip');
      expect(await store.url('videos.example-1.org', KEY)).toContain('/videos.example-1.org/');
    });

    it('makes a bucket twice without complaint', async () => {
      await store.ensureBucket(CLIPS, 90);
      expect(await entries('nothing/')).toEqual([]);
    });

    it.each([
      ['empty', Buffer.alloc(0)],
      ['small', Buffer.from('a clip')],
      ['large', Buffer.alloc(LARGE_BYTES, 'many frames ')],
    ])('gives back an object as it was put: %s', async (size, content) => {
      const key = `cam_1/2026-11-23/${size}.mp4`;
      const options = await put(key, content);
      const stored = await buffer(await store.read(CLIPS, key));
      expect(createHash('sha256').update(stored).digest('hex')).toBe(options.sha256);
      const stat = await store.stat(CLIPS, key);
      expect(stat).toMatchObject({
        sizeBytes: content.length,
        sha256: options.sha256,
        contentType: 'video/mp4',
        metadata: options.metadata,
      });
      expect(Math.abs((stat?.lastModifiedMs ?? 0) - systemClock.nowMs())).toBeLessThan(60_000);
    });

    it('reads a range, its last byte included', async () => {
      await put(KEY, Buffer.from('0123456789'));
      expect((await buffer(await store.read(CLIPS, KEY, { start: 2, end: 5 }))).toString()).toBe('2345');
    });

    it('replaces an object, and its description with it', async () => {
      await put(KEY, Buffer.from('first'));
      const { sha256 } = await put(KEY, Buffer.from('other'));
      expect(await store.stat(CLIPS, KEY)).toMatchObject({ sha256 });
    });

    it('refuses a file that is not what was measured, and keeps what is there', async () => {
      const { sha256 } = await put(KEY, Buffer.from('whole'));
      const { path, options } = await source(Buffer.from('longer than before'));
      await truncate(path, 5);
      await expect(store.putFile(CLIPS, KEY, path, options)).rejects.toThrow();
      await expect(store.putFile(CLIPS, KEY, join(folder.path, 'not there.mp4'), options)).rejects.toThrow(/ENOENT/);
      expect(await store.stat(CLIPS, KEY)).toMatchObject({ sha256 });
    });

    it('knows no object that is not there, and removes it without complaint', async () => {
      expect(await store.stat(CLIPS, 'cam_1/not there.mp4')).toBeUndefined();
      await store.remove(CLIPS, 'cam_1/not there.mp4');
      await put('cam_9/2026-11-23/gone.mp4', Buffer.from('x'));
      await store.remove(CLIPS, 'cam_9/2026-11-23/gone.mp4');
      expect(await store.stat(CLIPS, 'cam_9/2026-11-23/gone.mp4')).toBeUndefined();
      expect(await entries('cam_9')).toEqual([]);
    });

    it('lists by prefix, in order, whole keys only', async () => {
      const { oddKey } = harness;
      for (const key of ['cam_2/b.jpg', oddKey, 'cam_20/c.jpg']) await put(key, Buffer.from('jpeg'));
      expect((await entries('cam_2/')).map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
        [oddKey, 4],
        ['cam_2/b.jpg', 4],
      ]);
      expect((await entries('cam_2')).map(({ key }) => key)).toEqual([oddKey, 'cam_2/b.jpg', 'cam_20/c.jpg']);
    });

    it('signs a URL that anybody opens, whole or by Range', async () => {
      const key = 'cam_1/ção +&=.mp4';
      await put(key, Buffer.from('0123456789'));
      const url = await store.url(CLIPS, key);
      const whole = await fetch(url);
      expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
      const part = await fetch(url, { headers: { Range: 'bytes=4-6' } });
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 4-6/10', '456']);
    });

    it('signs nothing for ever, for another object, or with another secret', async () => {
      await put('cam_1/a.mp4', Buffer.from('a'));
      await put('cam_1/b.mp4', Buffer.from('b'));
      const status = async (url: string): Promise<number> => (await fetch(url)).status;
      const url = await store.url(CLIPS, 'cam_1/a.mp4');
      expect(await status(url.replace('a.mp4', 'b.mp4'))).toBe(403);
      expect(await status(url.split('?')[0] ?? '')).toBe(403);
      expect(await status(await harness.impostor.url(CLIPS, 'cam_1/a.mp4'))).toBe(403);
      harness.nowMs.offset = -8 * 86_400_000; // signed eight days ago, for at most seven
      try {
        expect(await status(await store.url(CLIPS, 'cam_1/a.mp4'))).toBe(403);
      } finally {
        harness.nowMs.offset = 0;
      }
    });

    it('says that a bucket is missing, and counts the upload as failed', async () => {
      const before = harness.uploadFailures();
      const { path, options } = await source(Buffer.from('x'));
      await expect(store.putFile('no-such-bucket', KEY, path, options)).rejects.toEqual(unavailable);
      await expect(store.putFile('no-such-bucket', KEY, path, options)).rejects.toThrow(/bucket "no-such-bucket"/);
      expect(harness.uploadFailures()).toBe(before + 2);
      await expect(store.stat('no-such-bucket', KEY)).rejects.toEqual(unavailable);
    });

    it.each([
      '',
      '/',
      '../secret',
      'a/../../b',
      'a//b',
      './a',
      'a/.',
      '/etc/passwd',
      'a\\..\\b',
      'a/\u0000b',
      '.link-secret',
      'a/.meta/b',
      'a/',
      `a/${'x'.repeat(300)}`,
    ])('refuses the key %j', async (key) => {
      const { path, options } = await source(Buffer.from('x'));
      const refused = expect.objectContaining({ code: 'invalid_payload' }) as unknown;
      await expect(store.putFile(CLIPS, key, path, options)).rejects.toEqual(refused);
      await expect(store.stat(CLIPS, key)).rejects.toEqual(refused);
      await expect(store.read(CLIPS, key)).rejects.toEqual(refused);
      await expect(store.remove(CLIPS, key)).rejects.toEqual(refused);
      await expect(store.url(CLIPS, key)).rejects.toEqual(refused);
      await expect(store.stat('..', 'a')).rejects.toEqual(refused);
    });

    it('lets one of many puts of a key win, whole', async () => {
      const contents = Array.from({ length: 6 }, (_, i) => Buffer.alloc(200_000 + i, `content ${i} `));
      const options = await Promise.all(contents.map((content) => put(KEY, content)));
      const stored = await buffer(await store.read(CLIPS, KEY));
      const sha256 = createHash('sha256').update(stored).digest('hex');
      expect(options.map((o) => o.sha256)).toContain(sha256);
      expect(await store.stat(CLIPS, KEY)).toMatchObject({ sha256, sizeBytes: stored.length });
    });

    it('ends an upload by its signal, and does not count it', async () => {
      const before = harness.uploadFailures();
      const { path, options } = await source(Buffer.alloc(LARGE_BYTES, 'x'));
      const controller = new AbortController();
      const upload = store.putFile(CLIPS, 'cam_1/aborted.mp4', path, options, controller.signal);
      controller.abort(new Error('the job was taken away'));
      await expect(upload).rejects.toThrow();
      expect(harness.uploadFailures()).toBe(before);
    });

    it('says so while the store is gone, and serves again once it is back', async () => {
      await put(KEY, Buffer.from('before'));
      const { path, options } = await source(Buffer.from('after'));
      await harness.gone();
      const failure = await store.putFile(CLIPS, KEY, path, options).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ContractError);
      expect(failure).toEqual(unavailable);
      await expect(store.stat(CLIPS, KEY)).rejects.toEqual(unavailable);
      await harness.back();
      expect(await store.stat(CLIPS, KEY)).toMatchObject({ sizeBytes: 6 });
      await store.putFile(CLIPS, KEY, path, options);
      expect(await store.stat(CLIPS, KEY)).toMatchObject({ sha256: options.sha256 });
    }, 60_000);
  });
}
