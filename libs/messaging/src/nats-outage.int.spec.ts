import { rm } from 'node:fs/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { EVENT_STREAM } from '@vr/contracts';
import { freePort, startNats, temporaryFolder, until } from '@vr/testing';
import { clientOf, DEADLINE_MS, ids, seen, send, server, state, workerOn } from './durable.fixture';

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
