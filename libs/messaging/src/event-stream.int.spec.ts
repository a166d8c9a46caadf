import { jetstreamManager } from '@nats-io/jetstream';
import { EVENT_STREAM } from '@vr/contracts';
import { temporaryFolder } from '@vr/testing';
import { clientOf, seen, send, server, state, workerOn } from './durable.fixture';

describe('durable events', () => {
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
});
