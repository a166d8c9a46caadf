import type { NatsConnection } from '@nats-io/transport-node';
import { startNats, temporaryFolder, until } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

describe('a request for a camera that this node does not have', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function world(o: {
    domain?: string;
    OTHER_NODES?: boolean;
  }): Promise<{ worker: TestWorker; client: NatsConnection }> {
    const domain = o.domain === undefined ? '' : `, domain: ${o.domain}`;
    const nats = await startNats({
      jetstream: false,
      configuration: `jetstream { store_dir: "${(await temporaryFolder('neighbours')).path}"${domain} }`,
    });
    const worker = await startTestWorker(nats.url, { OTHER_NODES: o.OTHER_NODES });
    const client = await createClient({ NATS_URL: nats.url });
    ends.push(
      () => nats.stop(),
      () => worker.end(),
      () => client.close(),
    );
    await until(async () => (await worker.health())?.state === 'up', {
      what: 'the worker on NATS',
      deadlineMs: 10_000,
    });
    worker.neighbours.tellOwn((id) => Promise.resolve(id === 'cam_1'));
    return { worker, client };
  }

  /** The answers to a body that come before the answer to a later request. */
  async function answersTo(client: NatsConnection, subject: string, body: string): Promise<unknown[]> {
    const answers: unknown[] = [];
    const inbox = client.subscribe('_INBOX.neighbours', {
      callback: (_, message) => void answers.push(message.json()),
    });
    client.publish(subject, body, { reply: '_INBOX.neighbours' });
    await client.request('test.echo', '"later"', { timeout: 5000 });
    inbox.unsubscribe();
    return answers;
  }
  const theirs = '{"camera_id": "cam_2"}';
  const refused = [{ error: { code: 'unknown_camera', message: 'no camera of that name' } }];

  it('is refused where this is the only node', async () => {
    const { client } = await world({});
    expect(await answersTo(client, 'test.echo', '"refuse"')).toEqual(refused);
    expect(await answersTo(client, 'test.echo', theirs)).toEqual([JSON.parse(theirs)]);
  });

  it.each([
    ['OTHER_NODES says that there are others', { OTHER_NODES: true }],
    ['NATS is one of several, by its JetStream domain', { domain: 'jetson1' }],
  ])('is left unanswered, and not carried out, where %s', async (_, options) => {
    const { worker, client } = await world(options);
    expect(await answersTo(client, 'test.echo', '"refuse"')).toEqual([]);
    for (const body of [
      theirs,
      '{"camera": "cam_2", "start": "x"}',
      '{"camera_id": 7}',
      '{"protection_id": "cam_2-1732723200000-0123456789ab"}',
      `{"pattern": "p", "data": ${theirs}}`,
    ]) {
      expect(await answersTo(client, 'test.echo', body)).toEqual([]);
    }
    const seen = worker.script.seen.length;
    client.publish('test.raw.note', theirs); // raw bodies are the handler's to read
    for (const body of [
      '{"camera_id": "cam_1"}',
      '{"camera_id": null}',
      '{"protection_id": "cam_1-1732723200000-0123456789ab"}',
      '[]',
    ])
      expect(await answersTo(client, 'test.echo', body)).toHaveLength(1);
    expect(worker.script.seen).toHaveLength(seen + 1);
    expect(await worker.metrics()).toMatch(/messages_rejected_total\{subject="test.echo",code="unknown_camera"\} 6/);
  });

  it('is refused where OTHER_NODES says that there are none, whatever NATS has', async () => {
    const { client } = await world({ domain: 'jetson1', OTHER_NODES: false });
    expect(await answersTo(client, 'test.echo', '"refuse"')).toEqual(refused);
  });
});
