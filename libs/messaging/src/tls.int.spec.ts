import { readEnvironment, settings } from '@vr/service';
import { makeAuthority, startNats, until, type Authority, type Server } from '@vr/testing';
import { startTestWorker, type TestWorker } from './worker.fixture';

describe('a NATS server with a certificate of a private authority', () => {
  let authority: Authority;
  let nats: Server;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    authority = await makeAuthority();
    const { certificatePath: cert, keyPath: key } = authority;
    nats = await startNats({ configuration: `tls { cert_file: "${cert}", key_file: "${key}" }` });
  }, 30_000);
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  afterAll(() => nats.stop());

  /** Makes a worker whose settings come from an environment, as in production. */
  async function workerWith(environment: Record<string, string>): Promise<TestWorker> {
    const worker = await startTestWorker(
      nats.url,
      readEnvironment(settings.nats, { NATS_URL: nats.url, ...environment }),
    );
    ends.push(() => worker.end());
    return worker;
  }
  const settled = (worker: TestWorker) =>
    until(
      async () =>
        (await worker.health())?.sentence.includes('not connected yet') === false ? worker.health() : undefined,
      { what: 'a first answer', deadlineMs: 10_000 },
    );

  it.each([
    ['NATS_CA, its path', () => ({ NATS_CA: authority.caPath })],
    ['NATS_CA_FILE', () => ({ NATS_CA_FILE: authority.caPath })],
    ['a host name', () => ({ NATS_CA: authority.caPath, NATS_URL: `tls://localhost:${nats.port}` })],
  ])('is used with %s', async (_, environment) => {
    const worker = await workerWith(environment());
    await worker.publisher.publish('out.news', 1);
  });

  it('is not trusted without, and readiness says what to set', async () => {
    const worker = await workerWith({});
    expect(await settled(worker)).toMatchObject({
      state: 'down',
      sentence: expect.stringMatching(/authority that this machine does not know: .*NATS_CA/) as string,
    });
  });

  it('is not trusted with another authority', async () => {
    const worker = await workerWith({ NATS_CA: (await makeAuthority()).caPath });
    expect(await settled(worker)).toMatchObject({
      state: 'down',
      sentence: expect.stringContaining('NATS_CA') as string,
    });
  });

  it('is never given up for a server without TLS', async () => {
    const plain = await startNats();
    ends.push(() => plain.stop());
    const worker = await workerWith({ NATS_CA: authority.caPath, NATS_URL: plain.url });
    expect(await settled(worker)).toMatchObject({ state: 'down', sentence: expect.stringContaining('tls') as string });
  });
});
