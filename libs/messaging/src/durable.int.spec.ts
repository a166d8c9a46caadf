import { jetstreamManager } from '@nats-io/jetstream';
import { ContractError, EVENT_STREAM, type Arrival } from '@vr/contracts';
import { until } from '@vr/testing';
import { atEnd, clientOf, DEADLINE_MS, ids, seen, send, server, state, workerOn } from './durable.fixture';
import { keepEventStream } from './event-stream';
import { NatsLink } from './link';
import { startTestWorker } from './worker.fixture';

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
    atEnd(() => link.end());
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

function gated(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
}
