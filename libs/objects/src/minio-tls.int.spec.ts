import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ConfigError, readEnvironment, settings } from '@vr/service';
import {
  makeAuthority,
  startObjectServer,
  startTlsFront,
  temporaryFolder,
  type Authority,
  type ObjectServer,
  type TlsFront,
} from '@vr/testing';
import { hashFile } from './hash-file';
import { MinioStore } from './minio-store';
import { minioAccess } from './objects.module';

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const SCOPE = { nodeId: 'node1', prefix: '' };

describe('an S3 server with a certificate of a private authority', () => {
  let server: ObjectServer;
  let authority: Authority;
  let front: TlsFront;
  const stores: MinioStore[] = [];

  beforeAll(async () => {
    [server, authority] = await Promise.all([startObjectServer(), makeAuthority()]);
    front = await startTlsFront({ to: server.port, authority });
  }, 120_000);
  afterAll(async () => {
    for (const store of stores) store.close();
    await front.stop();
    await server.stop();
  });

  /** The store that a worker makes from its environment. */
  function storeWith(environment: Record<string, string>): MinioStore {
    const { accessKey, secretKey, region } = server;
    const own = {
      MINIO_ENDPOINT: `127.0.0.1:${front.port}`,
      MINIO_USE_SSL: 'true',
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
      MINIO_REGION: region,
    };
    const config = readEnvironment(settings.objects, { ...own, ...environment });
    const store = new MinioStore(
      { ...minioAccess(config), urlMode: 'presigned', urlTtlSeconds: 60, scope: SCOPE },
      clock,
      { failed: () => undefined, verified: () => undefined },
    );
    stores.push(store);
    return store;
  }
  const refusalOf = async (store: MinioStore): Promise<string> => {
    const error: unknown = await store.check().then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: 'storage_unavailable' });
    return (error as Error).message;
  };

  it.each([['MINIO_CA'], ['MINIO_CA_FILE']])('takes clips with %s, the file of that authority', async (setting) => {
    const store = storeWith({ [setting]: authority.caPath });
    const folder = await temporaryFolder('minio-tls');
    const path = join(folder.path, 'a.mp4');
    await writeFile(path, 'a clip');
    await store.ensureBucket('clips', 30);
    await store.putFile('clips', 'cam_1/a.mp4', path, {
      contentType: 'video/mp4',
      metadata: {},
      ...(await hashFile(path)),
    });
    expect((await buffer(await store.read('clips', 'cam_1/a.mp4'))).toString()).toBe('a clip');
    await store.check();
    await folder.remove();
  });

  it('is not trusted without, and the sentence names the setting', async () => {
    expect(await refusalOf(storeWith({}))).toMatch(/authority that this machine does not know .*MINIO_CA/);
  });

  it('is not trusted with another authority', async () => {
    expect(await refusalOf(storeWith({ MINIO_CA: (await makeAuthority()).caPath }))).toContain('MINIO_CA');
  });

  it('is not trusted when its certificate has expired', async () => {
    const old = await makeAuthority({ expired: true });
    const expired = await startTlsFront({ to: server.port, authority: old });
    expect(await refusalOf(storeWith({ MINIO_CA: old.caPath, MINIO_ENDPOINT: `127.0.0.1:${expired.port}` }))).toMatch(
      /expired.*Renew it/,
    );
    await expired.stop();
  });

  it('whose authority is named while TLS is off is a fault of the configuration', () => {
    expect(() => storeWith({ MINIO_CA: authority.caPath, MINIO_USE_SSL: 'false' })).toThrow(ConfigError);
    expect(() => storeWith({ MINIO_CA: '/no/such/file.pem' })).toThrow(
      /MINIO_CA: wanted the path of a certificate in PEM/,
    );
  });
});
