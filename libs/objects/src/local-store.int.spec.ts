import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { forgedText, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { hashFile } from './hash-file';
import { LocalStore } from './local-store';
import { ObjectLinks } from './object-links';
import type { ObjectStore } from './object-store';
import { PrefixedStore } from './prefixed-store';
import { describeObjectStore, type ObjectStoreHarness } from './object-store.suite';

async function startLocal(): Promise<ObjectStoreHarness & { root: string; store: LocalStore; impostor: LocalStore }> {
  const folder = await temporaryFolder('local-store');
  const nowMs = { offset: 0 };
  const clock = { nowMs: () => Date.now() + nowMs.offset, monotonicMs: () => performance.now() };
  const realClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  let failures = 0;
  const root = join(folder.path, 'objects');
  // It serves as the console does.
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console');
      const name = await new ObjectLinks(options, realClock).verifyLink(pathname, Object.fromEntries(searchParams));
      if (name === undefined) return response.writeHead(403).end();
      const size = (await store.stat(name.bucket, name.key))?.sizeBytes ?? 0;
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      if (start === undefined || end === undefined) {
        response.writeHead(200);
        return pipeline(await store.read(name.bucket, name.key), response);
      }
      response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${size}` });
      return pipeline(await store.read(name.bucket, name.key, { start: Number(start), end: Number(end) }), response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const options = {
    objectsDir: root,
    consoleUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    urlTtlSeconds: 604_800,
  };
  const uploads = { failed: () => (failures += 1), verified: () => undefined };
  const store = new LocalStore(root, new ObjectLinks(options, clock), uploads);
  const impostor = new LocalStore(
    root,
    new ObjectLinks({ ...options, objectsDir: join(folder.path, 'elsewhere') }, clock),
    uploads,
  );
  return {
    root,
    store,
    impostor,
    nowMs,
    oddKey: 'cam_2/a/ç +&=.jpg',
    uploadFailures: () => failures,
    // This is as when the disk is not mounted: the mount point is a file, and nothing can be made in it.
    gone: async () => {
      await rename(root, `${root}-unmounted`);
      await writeFile(root, '');
    },
    back: async () => {
      await rename(root, `${root}-file`);
      await rename(`${root}-unmounted`, root);
    },
    end: async () => {
      server.closeAllConnections();
      server.close();
      await folder.remove();
    },
  };
}

describeObjectStore('LocalStore', startLocal);

describeObjectStore('LocalStore, its keys below OBJECT_PREFIX', async () => {
  const { store, impostor, ...rest } = await startLocal();
  return {
    ...rest,
    store: new PrefixedStore(store, 'attic/left/'),
    impostor: new PrefixedStore(impostor, 'attic/left/'),
  };
});

describe('PrefixedStore', () => {
  it('puts its objects below the prefix, and knows a key of its own from others', async () => {
    const local = await startLocal();
    const { store: bare, root } = local;
    const store = new PrefixedStore(bare, 'attic/');
    const path = join(root, '..', 'a.mp4');
    await writeFile(path, 'content');
    const put = { contentType: 'video/mp4', metadata: {}, ...(await hashFile(path)) };
    await store.ensureBucket('clips', 1);
    await store.putFile('clips', 'cam_1/a.mp4', path, put);
    await bare.putFile('clips', 'attic_2/cam_1/a.mp4', path, put);
    const keys = async (of: ObjectStore): Promise<string[]> => {
      const found: string[] = [];
      for await (const { key } of of.list('clips', '')) found.push(key);
      return found;
    };
    expect([await keys(store), await keys(bare)]).toEqual([
      ['cam_1/a.mp4'],
      ['attic/cam_1/a.mp4', 'attic_2/cam_1/a.mp4'],
    ]);
    expect([
      store.keyOf('cam_1/a.mp4'),
      store.ownKey('attic/cam_1/a.mp4'),
      store.ownKey('attic_2/cam_1/a.mp4'),
    ]).toEqual(['attic/cam_1/a.mp4', 'cam_1/a.mp4', undefined]);
    await local.end();
  });
});

describe('LocalStore on its folder', () => {
  let harness: Awaited<ReturnType<typeof startLocal>>;
  let outside: TemporaryFolder;
  const file = (): string => join(outside.path, 'a.mp4');
  const put = async (key: string): Promise<void> =>
    harness.store.putFile('clips', key, file(), {
      contentType: 'video/mp4',
      metadata: {},
      ...(await hashFile(file())),
    });

  beforeEach(async () => {
    harness = await startLocal();
    outside = await temporaryFolder('outside');
    await writeFile(file(), 'content');
    await harness.store.ensureBucket('clips', 1);
  });
  afterEach(async () => {
    await harness.end();
    await outside.remove();
  });

  it('leaves nothing but the object, its description and the secret', async () => {
    await put('cam_1/a.mp4');
    await harness.store.url('clips', 'cam_1/a.mp4');
    expect((await readdir(harness.root, { recursive: true })).sort()).toEqual(
      [
        '.link-secret',
        '.meta',
        '.meta/clips',
        '.meta/clips/cam_1',
        '.meta/clips/cam_1/a.mp4.json',
        '.tmp',
        'clips',
        'clips/cam_1',
        'clips/cam_1/a.mp4',
      ].sort(),
    );
    expect((await stat(join(harness.root, '.link-secret'))).mode & 0o777).toBe(0o600);
    await harness.store.remove('clips', 'cam_1/a.mp4');
    expect(await readdir(join(harness.root, 'clips'))).toEqual([]);
  });

  it('follows no link out of its folder', async () => {
    await writeFile(join(outside.path, 'secret.mp4'), 'secret');
    await symlink(outside.path, join(harness.root, 'clips', 'cam_1'));
    await expect(harness.store.read('clips', 'cam_1/secret.mp4')).rejects.toThrow(
      /wanted a path that stays in .*: remove that link/,
    );
    await expect(harness.store.remove('clips', 'cam_1/secret.mp4')).rejects.toThrow(
      /wanted a path that stays in .*: remove that link/,
    );
    await expect(put('cam_1/b.mp4')).rejects.toThrow(/wanted a path that stays in .*: remove that link/);
    await mkdir(join(harness.root, 'clips', 'cam_2'));
    await symlink(join(outside.path, 'secret.mp4'), join(harness.root, 'clips', 'cam_2', 'link.mp4'));
    await expect(harness.store.read('clips', 'cam_2/link.mp4')).rejects.toThrow();
    expect(await readdir(outside.path)).toContain('secret.mp4');
  });

  it('stores no file that is a link: whoever may write beside the clips must not choose what is uploaded', async () => {
    await symlink('/etc/passwd', join(outside.path, 'thumbnail.jpg'));
    await expect(hashFile(join(outside.path, 'thumbnail.jpg'))).rejects.toThrow('is a symbolic link');
    const measured = await hashFile('/etc/passwd');
    const link = join(outside.path, 'thumbnail.jpg');
    await expect(
      harness.store.putFile('clips', 'cam_1/a.jpg', link, { contentType: 'image/jpeg', metadata: {}, ...measured }),
    ).rejects.toThrow('is a symbolic link');
    expect(await harness.store.stat('clips', 'cam_1/a.jpg')).toBeUndefined();
  });

  it('believes no description that is forged, and writes through no link in its place (2,000)', async () => {
    await put('cam_1/a.mp4');
    const description = join(harness.root, '.meta', 'clips', 'cam_1', 'a.mp4.json');
    const whole = await readFile(description, 'utf8');
    const outcomes = { believed: 0, not: 0 };
    await fc.assert(
      fc.asyncProperty(forgedText(JSON.parse(whole) as object), async (text) => {
        await writeFile(description, text);
        const stat = await harness.store.stat('clips', 'cam_1/a.mp4');
        outcomes[stat?.sha256 === undefined ? 'not' : 'believed'] += 1;
        if (stat?.sha256 !== undefined) expect(stat.sha256).toMatch(/^[0-9a-f]{64}$/);
        for (const value of Object.values(stat?.metadata ?? {})) expect(typeof value).toBe('string');
      }),
      { numRuns: 2000, seed: 20_261_130 },
    );
    expect(Math.min(outcomes.believed, outcomes.not)).toBeGreaterThan(40);
    const victim = join(outside.path, 'victim.json');
    await writeFile(victim, 'as it was');
    await rm(description);
    await symlink(victim, description);
    expect((await harness.store.stat('clips', 'cam_1/a.mp4'))?.sha256).toBeUndefined();
    await put('cam_1/a.mp4');
    expect(await readFile(victim, 'utf8')).toBe('as it was');
    expect((await harness.store.stat('clips', 'cam_1/a.mp4'))?.sha256).toBeDefined();
  }, 60_000);

  it('does not vouch for an object that somebody changed', async () => {
    await put('cam_1/a.mp4');
    await writeFile(join(harness.root, 'clips', 'cam_1', 'a.mp4'), 'CONTENT!');
    expect((await harness.store.stat('clips', 'cam_1/a.mp4'))?.sha256).toBeUndefined();
  });

  it('gives every process the same secret, also where they start at once', async () => {
    const options = { objectsDir: harness.root, consoleUrl: 'http://console', urlTtlSeconds: 60 };
    const clock = { nowMs: () => 1_790_000_000_000, monotonicMs: () => 0 };
    const urls = await Promise.all(
      Array.from({ length: 8 }, () => new ObjectLinks(options, clock).sign('clips', 'cam_1/a.mp4')),
    );
    expect(new Set(urls).size).toBe(1);
  });
});
