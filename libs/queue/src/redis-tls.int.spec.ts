import { readEnvironment, settings } from '@vr/service';
import { makeAuthority, startRedis, until, type Authority, type Server } from '@vr/testing';
import type { Health } from '@vr/service';
import { startTestQueues } from './queues.fixture';

/** The health of a worker that reads its settings from this environment. */
async function healthWith(environment: Record<string, string>, wanted: Health['state']): Promise<Health> {
  const queues = await startTestQueues(readEnvironment(settings.redis, environment));
  try {
    const asWanted = async (): Promise<Health | undefined> => {
      const health = await queues.health();
      return health?.state === wanted && !health.sentence.endsWith('not connected yet') ? health : undefined;
    };
    return await until(asWanted, { what: `health ${wanted}`, deadlineMs: 10_000 });
  } finally {
    await queues.end();
  }
}

describe('a Redis with a certificate of a private authority', () => {
  let authority: Authority;
  let redis: Server;
  beforeAll(async () => {
    authority = await makeAuthority();
    redis = await startRedis({ tls: authority });
  }, 30_000);
  afterAll(() => redis.stop());

  it.each<[string, (ca: string) => Record<string, string>]>([
    ['REDIS_CA, its path', (ca) => ({ REDIS_CA: ca })],
    ['REDIS_CA_FILE', (ca) => ({ REDIS_CA_FILE: ca })],
    [
      'REDIS_CA and an address that says nothing of TLS',
      (ca) => ({ REDIS_CA: ca, REDIS_URL: redis.url.replace('rediss://', 'redis://') }),
    ],
    ['REDIS_CA and a host name', (ca) => ({ REDIS_CA: ca, REDIS_URL: `rediss://localhost:${redis.port}` })],
  ])('is used with %s', async (_, more) => {
    expect(await healthWith({ REDIS_URL: redis.url, ...more(authority.caPath) }, 'up')).toMatchObject({ state: 'up' });
  });

  it('is not trusted without, and readiness names the setting', async () => {
    expect((await healthWith({ REDIS_URL: redis.url }, 'down')).sentence).toMatch(
      /authority that this machine does not know: .*REDIS_CA/,
    );
  });

  it('is not trusted with another authority', async () => {
    expect(
      (await healthWith({ REDIS_URL: redis.url, REDIS_CA: (await makeAuthority()).caPath }, 'down')).sentence,
    ).toContain('REDIS_CA');
  });

  it('is not trusted when its certificate has expired', async () => {
    const old = await makeAuthority({ expired: true });
    const expired = await startRedis({ tls: old });
    expect((await healthWith({ REDIS_URL: expired.url, REDIS_CA: old.caPath }, 'down')).sentence).toContain(
      'certificate has expired',
    );
    await expired.stop();
  });

  it('is not used in the clear with REDIS_CA', async () => {
    const plain = await startRedis();
    await healthWith({ REDIS_URL: plain.url, REDIS_CA: authority.caPath }, 'down');
    await plain.stop();
  });

  it('whose authority cannot be read is a fault of the configuration', () => {
    expect(() => readEnvironment(settings.redis, { REDIS_CA: '/no/such/file.pem' })).toThrow(
      /REDIS_CA: wanted the path of a certificate in PEM/,
    );
  });
});
