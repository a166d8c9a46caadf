import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EVENT_STREAM } from '@vr/contracts';
import { startNats, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

/** One user may ask, and do nothing else. The worker may do everything. */
const USERS = `authorization { users: [
  { user: worker, password: w },
  { user: asker, password: a, permissions: {
    publish: ["test.echo", "test.raw.>"], subscribe: ["_INBOX.asker.>", "house.replies.>"] } }
] }`;

describe('a request that names a subject for its reply', () => {
  let nats: Server;
  let worker: TestWorker;
  let owner: NatsConnection;
  let asker: NatsConnection;

  beforeAll(async () => {
    nats = await startNats({ configuration: USERS });
    worker = await startTestWorker(nats.url, {
      NATS_USER: 'worker',
      NATS_PASS: 'w',
      NATS_INBOX_PREFIX: 'house.replies',
    });
    owner = await createClient({ NATS_URL: nats.url, NATS_USER: 'worker', NATS_PASS: 'w' });
    asker = await createClient({
      NATS_URL: nats.url,
      NATS_USER: 'asker',
      NATS_PASS: 'a',
      NATS_INBOX_PREFIX: '_INBOX.asker',
    });
    await until(async () => (await worker.health())?.state === 'up', {
      what: 'the worker on NATS',
      deadlineMs: 10_000,
    });
  }, 30_000);
  afterAll(async () => {
    await asker.close();
    await owner.close();
    await worker.end();
    await nats.stop();
  });

  const rejected = async (subject: string): Promise<number> => {
    const line = (await worker.metrics())
      .split('\n')
      .find((candidate) =>
        candidate.startsWith(`messages_rejected_total{subject="${subject}",code="invalid_payload"}`),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  };
  /** Resolves when the worker has handled all that the asker sent until now. */
  const handled = () => asker.request('test.echo', '"done"', { timeout: 5000 });

  it('gets it there only where that is an inbox: nobody makes the worker write where he may not', async () => {
    const manager = await jetstreamManager(owner);
    owner.publish('seguranca.event.person', '{"id": 1}');
    await owner.flush();
    const kept = async (): Promise<number> => (await manager.streams.info(EVENT_STREAM.name)).state.messages;
    await until(async () => (await kept()) === 1, { what: 'an event in the stream', deadlineMs: 5000 });
    const forged: string[] = [];
    owner.subscribe('seguranca.record.>', { callback: (_, message) => void forged.push(message.subject) });
    owner.subscribe('_INBOXES.>', { callback: (_, message) => void forged.push(message.subject) });
    await owner.flush();
    const before = await rejected('test.echo');

    asker.publish('test.echo', '{}', { reply: `$JS.API.STREAM.PURGE.${EVENT_STREAM.name}` });
    asker.publish('test.echo', '{"clip_id": "forged"}', { reply: 'seguranca.record.clip.ready' });
    asker.publish('test.echo', 'no JSON', { reply: 'seguranca.record.clip.failed' });
    asker.publish('test.echo', '{}', { reply: '_INBOXES.of.others' });
    asker.publish('test.echo', '{}', { reply: '_INBOX' });
    await handled();
    await owner.flush();
    expect(forged).toEqual([]);
    expect(await kept()).toBe(1);
    expect(await rejected('test.echo')).toBe(before + 5);
  });

  it('is not carried out where the answer may not go there', async () => {
    const seen = worker.script.seen.length;
    asker.publish('test.raw.note', 'x', { reply: 'seguranca.record.status' });
    await handled();
    expect(worker.script.seen).toHaveLength(seen);
    asker.publish('test.raw.note', 'x', { reply: '_INBOX.asker.1' });
    asker.publish('test.raw.note', 'x');
    await handled();
    expect(worker.script.seen.slice(seen).map(({ subject }) => subject)).toEqual(['test.raw.note', 'test.raw.note']);
  });

  it('gets it in an inbox below NATS_INBOX_PREFIX too', async () => {
    const replies = asker.subscribe('house.replies.7', { max: 1 });
    await asker.flush();
    asker.publish('test.echo', '{"id": 7}', { reply: 'house.replies.7' });
    for await (const message of replies) expect(message.json()).toEqual({ id: 7 });
  });

  it("has the worker's own inboxes below NATS_INBOX_PREFIX", async () => {
    const asked = owner.subscribe('other.worker', {
      callback: (_, message) => void message.respond(JSON.stringify(message.reply)),
    });
    await owner.flush();
    const { reply } = await worker.ask('other.worker');
    expect(reply).toMatch(/^house\.replies\./);
    asked.unsubscribe();
  });
});
