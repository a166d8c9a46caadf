import { rm } from 'node:fs/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { ContractError, EVENT_STREAM, type Arrival } from '@vr/contracts';
import { freePort, startNats, temporaryFolder, until, type Server } from '@vr/testing';
import { keepEventStream } from './event-stream';
import { createClient } from './index';
import { NatsLink } from './link';
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
async function workerOn(url: string): Promise<TestWorker> {
  const worker = await startTestWorker(url);
  ends.push(() => worker.end());
  return worker;
}
async function send(url: string, ...payloads: unknown[]): Promise<void> {
  const client = await createClient({ NATS_URL: url });
  for (const payload of payloads)
    client.publish('seguranca.event.person', typeof payload === 'string' ? payload : JSON.stringify(payload));
  await client.drain();
}
const state = (worker: TestWorker, wanted: string, deadlineMs = DEADLINE_MS) =>
  until(async () => ((await worker.health())?.state === wanted ? worker.health() : undefined), {
    what: `health ${wanted}`,
    deadlineMs,
  });
const seen = (worker: TestWorker, n: number) =>
  until(async () => worker.script.seen.length >= n, { what: `${n} events`, deadlineMs: DEADLINE_MS });
const ids = (worker: TestWorker) => worker.script.seen.map(({ payload }) => (payload as { id: number }).id);

describe('durable events', () => {
  it('sent before the consumer exists are delivered, and what is handled does not come again', async () => {
    const nats = await server();
    const first = await startTestWorker(nats.url);
    await state(first, 'up');
    await first.end();
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.consumers.delete(EVENT_STREAM.name, 'clipper-n1');
    await send(nats.url, { id: 1 }, { id: 2 });
    const second = await startTestWorker(nats.url);
    await seen(second, 2);
    await second.end();
    await send(nats.url, { id: 3 });
    const third = await workerOn(nats.url);
    await seen(third, 1);
    expect(ids(third)).toEqual([3]);
    expect(third.script.seen[0]?.subject).toBe('seguranca.event.person');
  }, 60_000);

  it('that come again have arrived when they arrived first', async () => {
    const nats = await server();
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    const arrivals: Arrival[] = [];
    worker.script.handle = (_, { arrival }) => {
      arrivals.push(arrival);
      if (arrivals.length === 1) throw new Error('the first try fails');
    };
    await send(nats.url, { id: 1 });
    await seen(worker, 2);
    expect(arrivals[1]).toEqual(arrivals[0]);
    expect(Math.abs((arrivals[0]?.atMs ?? 0) - Date.now())).toBeLessThan(DEADLINE_MS);
    await send(nats.url, { id: 1 });
    await seen(worker, 3);
    expect(arrivals[2]?.mark).not.toBe(arrivals[0]?.mark);
  }, 60_000);

  it('sent while no reader has ever been there are kept, where any worker has', async () => {
    const nats = await server();
    const link = new NatsLink({ NATS_URL: nats.url }, 'a recorder', { info: () => undefined, warn: () => undefined });
    ends.push(() => link.end());
    keepEventStream(link, { debug: () => undefined });
    link.start();
    const manager = await jetstreamManager(await clientOf(nats));
    await until(() => manager.streams.info(EVENT_STREAM.name).then(() => true), {
      what: 'the stream',
      deadlineMs: DEADLINE_MS,
    });
    await send(nats.url, { id: 1 });
    const reader = await workerOn(nats.url);
    await seen(reader, 1);
    expect(ids(reader)).toEqual([1]);
  }, 60_000);

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

  it('has a stream on disk for 24 h, bounded, and a consumer as the contract says', async () => {
    const nats = await server();
    await state(await workerOn(nats.url), 'up');
    const manager = await jetstreamManager(await clientOf(nats));
    expect((await manager.streams.info(EVENT_STREAM.name)).config).toMatchObject(bounded);
    expect((await manager.consumers.info(EVENT_STREAM.name, 'clipper-n1')).config).toMatchObject({
      ack_policy: 'explicit',
      ack_wait: 60e9,
      max_ack_pending: 1000,
    });
  }, 60_000);

  it('gives a stream that an older version made its bounds, with the events in it', async () => {
    const nats = await server();
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.streams.add({
      name: EVENT_STREAM.name,
      subjects: ['seguranca.event.*'],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      max_age: 86_400e9,
    });
    await send(nats.url, { id: 1 });
    const worker = await workerOn(nats.url);
    await seen(worker, 1);
    expect((await manager.streams.info(EVENT_STREAM.name)).config).toMatchObject(bounded);
  }, 60_000);

  it('has a smaller stream where the server has less room', async () => {
    const nats = await server({
      jetstream: false,
      configuration: `jetstream { store_dir: "${(await temporaryFolder('nats-small')).path}", max_file_store: 100MB }`,
    });
    await state(await workerOn(nats.url), 'up');
    const manager = await jetstreamManager(await clientOf(nats));
    expect((await manager.streams.info(EVENT_STREAM.name)).config).toMatchObject({
      ...bounded,
      max_bytes: 64 * 2 ** 20,
    });
  }, 60_000);

  it('uses a stream that is there already and leaves it as it is', async () => {
    const nats = await server();
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.streams.add({
      name: EVENT_STREAM.name,
      subjects: ['seguranca.event.>', 'other'],
      max_msgs: 77,
      storage: 'memory',
    });
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
    expect((await manager.streams.info(EVENT_STREAM.name)).config).toMatchObject({
      subjects: ['seguranca.event.>', 'other'],
      max_msgs: 77,
      storage: 'memory',
    });
  }, 60_000);

  it('uses the stream of another name that captures the subject', async () => {
    const nats = await server();
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.streams.add({ name: 'EVERYTHING', subjects: ['seguranca.>'] });
    const worker = await workerOn(nats.url);
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
  }, 60_000);

  it('whose handler fails for a while come back until it succeeds; the others go on', async () => {
    const nats = await server();
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    let failures = 0;
    worker.script.handle = (payload) => {
      if ((payload as { id: number }).id === 1 && ++failures <= 2) throw new Error('redis is away');
    };
    await send(nats.url, { id: 1 }, { id: 2 });
    await seen(worker, 4);
    expect(ids(worker)).toEqual([1, 2, 1, 1]);
    const manager = await jetstreamManager(await clientOf(nats));
    await until(async () => (await manager.consumers.info(EVENT_STREAM.name, 'clipper-n1')).num_ack_pending === 0, {
      what: 'all acknowledged',
      deadlineMs: 5000,
    });
  }, 60_000);

  it('that can never be handled are counted and dropped', async () => {
    const nats = await server();
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    worker.script.handle = (payload) => {
      if ((payload as { id: number }).id === 1) throw new ContractError('unknown_camera', 'no such camera');
    };
    await send(nats.url, { id: 1 }, 'no json', { id: 2 });
    await seen(worker, 2);
    const manager = await jetstreamManager(await clientOf(nats));
    await until(async () => (await manager.consumers.info(EVENT_STREAM.name, 'clipper-n1')).num_ack_pending === 0, {
      what: 'nothing pending',
      deadlineMs: 5000,
    });
    expect(ids(worker)).toEqual([1, 2]);
    const metrics = await worker.metrics();
    expect(metrics).toContain('messages_rejected_total{subject="seguranca.event.*",code="unknown_camera"} 1');
    expect(metrics).toContain('messages_rejected_total{subject="seguranca.event.*",code="invalid_payload"} 1');
  }, 60_000);

  it('are handled one after another to the end at shutdown, and what has not begun goes back', async () => {
    const nats = await server();
    const worker = await startTestWorker(nats.url);
    await state(worker, 'up');
    const { promise: gate, open } = gated();
    worker.script.handle = () => gate;
    await send(nats.url, ...Array.from({ length: 40 }, (_, id) => ({ id })));
    await seen(worker, 16);
    const ended = worker.end();
    open();
    await ended;
    const begun = new Set(ids(worker));
    const next = await workerOn(nats.url);
    await until(() => new Set([...ids(next), ...begun]).size === 40, { what: 'all 40', deadlineMs: DEADLINE_MS });
    expect(ids(next).some((id) => begun.has(id))).toBe(false);
  }, 60_000);
});

describe('a NATS server', () => {
  it('that is down when the worker starts is used when it comes', async () => {
    const port = await freePort();
    const worker = await workerOn(`nats://127.0.0.1:${port}`);
    expect(await worker.health()).toMatchObject({
      state: 'down',
      sentence: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
    await expect(worker.publisher.publish('out.news', 1, { deadlineMs: 200 })).rejects.toThrow(/not sent/);
    const nats = await server({ port });
    await state(worker, 'up');
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
    await worker.publisher.publish('out.news', 1);
  }, 60_000);

  it('that is killed and comes back with its data goes on where it was, and a publish waits for it', async () => {
    const nats = await server();
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    await nats.kill();
    await state(worker, 'down');
    const published = worker.publisher.publish('out.news', 1, { deadlineMs: 20_000 });
    await nats.restart();
    await published;
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
    await state(worker, 'up');
  }, 60_000);

  it('that comes back without its data gets stream and consumer anew', async () => {
    const { path } = await temporaryFolder('nats-lost');
    const nats = await server({ dataDir: path });
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    await nats.kill();
    await state(worker, 'down');
    await rm(path, { recursive: true });
    await nats.restart();
    await state(worker, 'up');
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
  }, 60_000);

  it('whose stream is deleted gets it anew', async () => {
    const nats = await server();
    const worker = await workerOn(nats.url);
    await state(worker, 'up');
    const manager = await jetstreamManager(await clientOf(nats));
    await manager.streams.delete(EVENT_STREAM.name);
    await until(
      () =>
        manager.consumers.info(EVENT_STREAM.name, 'clipper-n1').then(
          () => true,
          () => false,
        ),
      { what: 'the consumer anew', deadlineMs: DEADLINE_MS },
    );
    await send(nats.url, { id: 1 });
    await seen(worker, 1);
  }, 60_000);

  it('without JetStream is read by a core subscription, and durably when it has JetStream', async () => {
    const port = await freePort();
    const plain = await startNats({ port, jetstream: false });
    const worker = await workerOn(plain.url);
    expect(await state(worker, 'degraded')).toMatchObject({
      sentence: expect.stringMatching(/^events are not durable: /) as string,
    });
    await until(async () => /no JetStream/.test((await worker.health())?.sentence ?? ''), {
      what: 'the reason',
      deadlineMs: 5000,
    });
    let failures = 0;
    worker.script.handle = () => {
      if (++failures === 1) throw new Error('redis is away');
    };
    await send(plain.url, { id: 1 });
    await seen(worker, 2);
    expect(ids(worker)).toEqual([1, 1]);
    await plain.stop();
    const durable = await server({ port });
    await state(worker, 'up');
    await send(durable.url, { id: 2 });
    await seen(worker, 3);
    expect(ids(worker)).toEqual([1, 1, 2]);
  }, 60_000);
});

async function clientOf(nats: Server) {
  const client = await createClient({ NATS_URL: nats.url });
  ends.push(() => client.close());
  return client;
}
function gated(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
}
