import { jetstreamManager } from '@nats-io/jetstream';
import { EVENT_STREAM } from '@vr/contracts';
import { startNats, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { hasPurgeFault } from './purge-fault';
import { startTestWorker, type TestWorker } from './worker.fixture';

const DEADLINE_MS = 30_000;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function server(...options: Parameters<typeof startNats>): Promise<Server> {
  const nats = await startNats(...options);
  ends.push(() => nats.stop());
  return nats;
}
async function workerOn(url: string, more: Record<string, unknown> = {}): Promise<TestWorker> {
  const worker = await startTestWorker(url, more);
  ends.push(() => worker.end());
  return worker;
}
async function clientOf(nats: Server) {
  const client = await createClient({ NATS_URL: nats.url });
  ends.push(() => client.close());
  return client;
}
const state = (worker: TestWorker, wanted: string) =>
  until(async () => ((await worker.health())?.state === wanted ? worker.health() : undefined), {
    what: `health ${wanted}`,
    deadlineMs: DEADLINE_MS,
  });
const seen = (worker: TestWorker, n: number) =>
  until(async () => worker.script.seen.length >= n, { what: `${n} events`, deadlineMs: DEADLINE_MS });

describe('acknowledgements, which go wherever the publisher of an event says', () => {
  const bounded = {
    storage: 'file',
    max_age: 86_400e9,
    subjects: ['seguranca.event.*'],
    max_bytes: 512 * 2 ** 20,
    max_msg_size: 2 ** 20,
    deny_purge: true,
    deny_delete: true,
    no_ack: true,
  };

  it(
    'ends the acknowledgements of a stream of its name, whatever else was decided for it, and says what the ' +
      'server is',
    async () => {
      const nats = await server();
      const manager = await jetstreamManager(await clientOf(nats));
      await manager.streams.add({
        name: EVENT_STREAM.name,
        subjects: ['seguranca.event.*'],
        max_age: 3_600e9,
        deny_purge: true,
      });
      const health = await state(await workerOn(nats.url), 'up');
      expect((await manager.streams.info(EVENT_STREAM.name)).config).toMatchObject({
        no_ack: true,
        max_age: 3_600e9,
        max_bytes: -1,
      });
      const version = (await clientOf(nats)).info?.version ?? '';
      if (hasPurgeFault(version))
        expect(health.sentence).toContain(
          `of nats-server ${version} anybody who may call JetStream can delete all its streams`,
        );
      else expect(health.sentence).toMatch(/^connected to \S+$/);
    },
    60_000,
  );

  it('of a stream of others are left alone, and readiness says what they allow on this server', async () => {
    const nats = await server();
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.streams.add({ name: 'EVERYTHING', subjects: ['seguranca.>'] });
    const worker = await workerOn(nats.url);
    const version = (await clientOf(nats)).info?.version ?? '';
    const sentence = hasPurgeFault(version)
      ? `stream EVERYTHING of nats-server ${version} acknowledges where its publishers say`
      : 'connected to';
    const isSaid = async () => (await worker.health())?.sentence.includes(sentence) === true;
    await until(isSaid, { what: sentence, deadlineMs: DEADLINE_MS });
    expect((await worker.health())?.state).toBe(hasPurgeFault(version) ? 'degraded' : 'up');
    expect((await manager.streams.info('EVERYTHING')).config.no_ack ?? false).toBe(false);
  }, 60_000);

  it('does not lose its events to a detector that names the API for the acknowledgement of its own', async () => {
    const detectors = `authorization { users: [
      { user: house, password: h }
      { user: detector, password: d, permissions: { publish: ["seguranca.event.*"], subscribe: ["_INBOX.detector.>"] } }
    ] }`;
    const nats = await server({ configuration: detectors });
    const [house, detector] = await Promise.all([
      createClient({ NATS_URL: nats.url, NATS_USER: 'house', NATS_PASS: 'h' }),
      createClient({ NATS_URL: nats.url, NATS_USER: 'detector', NATS_PASS: 'd' }),
    ]);
    ends.push(
      () => house.close(),
      () => detector.close(),
    );
    const worker = await startTestWorker(nats.url, { NATS_USER: 'house', NATS_PASS: 'h' });
    ends.push(() => worker.end());
    await state(worker, 'up');
    const manager = await jetstreamManager(house);
    const before = await manager.consumers.info(EVENT_STREAM.name, 'clipper-n1');
    const { promise: gate, open } = gated();
    worker.script.handle = () => gate;
    const of = `${EVENT_STREAM.name}.clipper-n1`;
    const api = ['STREAM.PURGE', 'STREAM.DELETE', 'STREAM.UPDATE', 'STREAM.MSG.DELETE'].map(
      (verb) => `$JS.API.${verb}.${EVENT_STREAM.name}`,
    );
    const replies = [...api, `$JS.API.CONSUMER.DELETE.${of}`, `$JS.API.CONSUMER.DURABLE.CREATE.${of}`];
    for (const [id, reply] of replies.entries())
      detector.publish('seguranca.event.person', JSON.stringify({ id }), { reply });
    // which the server does not take
    detector.publish('seguranca.event.person', '{}', { reply: `$JS.ACK.${of}.1.1.1.0.0` });
    await detector.flush();
    await seen(worker, replies.length);
    await house.flush();
    const { state: held, config } = await manager.streams.info(EVENT_STREAM.name);
    expect(held).toMatchObject({ messages: replies.length, first_seq: 1 });
    expect(config).toMatchObject(bounded);
    const { config: after, num_ack_pending } = await manager.consumers.info(EVENT_STREAM.name, 'clipper-n1');
    expect({ after, num_ack_pending }).toEqual({ after: before.config, num_ack_pending: replies.length });
    open();
  }, 60_000);
});

function gated(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
}
