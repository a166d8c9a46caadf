import type { NatsConnection } from '@nats-io/transport-node';
import { UNSERVED_REQUESTS } from '@vr/contracts';
import { startNats, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

/** Two nodes on one NATS: cam_1 is the first one's, cam_2 the second one's. */
describe('a request that nobody serves', () => {
  let nats: Server;
  let client: NatsConnection;
  let nodes: TestWorker[] = [];
  beforeAll(async () => {
    nats = await startNats();
    client = await createClient({ NATS_URL: nats.url });
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.end();
  });
  afterAll(async () => {
    await client.close();
    await nats.stop();
  });

  async function start(OTHER_NODES: boolean, cameras: string[]): Promise<void> {
    nodes = await Promise.all(cameras.map(() => startTestWorker(nats.url, { OTHER_NODES })));
    for (const [at, node] of nodes.entries()) {
      const own = cameras[at];
      node.neighbours.tellOwn((id) => Promise.resolve(id === own));
      node.unserved.answer(UNSERVED_REQUESTS, { except: ['seguranca.recording.export'], advice: 'Ask for clips.' });
      await until(async () => (await node.health())?.state === 'up', { what: 'a node on NATS', deadlineMs: 10_000 });
      await node.ask('test.asked'); // what it subscribed to before is with the server now
    }
  }

  /** The answers that came before every node had answered a later request. */
  async function answersTo(subject: string, body: string, reply = '_INBOX.unserved'): Promise<unknown[]> {
    const answers: unknown[] = [];
    const inbox = client.subscribe(reply, { callback: (_, message) => void answers.push(message.json()) });
    client.publish(subject, body, { reply });
    await client.flush();
    for (const node of nodes) await node.ask('test.asked');
    await client.flush();
    inbox.unsubscribe();
    return answers;
  }
  const refusal = (subject: string): unknown => ({
    error: { code: 'not_found', message: `Nobody serves ${subject}. Ask for clips.` },
  });

  it.each(['seguranca.recording.start', 'seguranca.recording.a.b', 'seguranca.record.start'])(
    'is refused once by the only node: %s',
    async (subject) => {
      await start(false, ['cam_1']);
      for (const body of ['{"camera_id": "cam_1"}', '{"camera_id": "cam_9"}', '{}', '', 'no json'])
        expect([body, await answersTo(subject, body)]).toEqual([body, [refusal(subject)]]);
      expect(await nodes[0]?.metrics()).toContain('messages_rejected_total{subject="seguranca.record');
    },
  );

  it('is answered by the one node that has the camera, and by one where it names none', async () => {
    await start(true, ['cam_1', 'cam_2']);
    const subject = 'seguranca.recording.start';
    for (const body of ['{"camera_id": "cam_1"}', '{"camera": "cam_2"}', '{}', 'no json', '[]'])
      expect([body, await answersTo(subject, body)]).toEqual([body, [refusal(subject)]]);
  });

  it('is left to other nodes where no node here has the camera', async () => {
    await start(true, ['cam_1', 'cam_2']);
    expect(await answersTo('seguranca.recording.start', '{"camera_id": "cam_3"}')).toEqual([]);
  });

  it('is not told of a subject that is served, nor where the reply is to go anywhere but to an inbox', async () => {
    await start(false, ['cam_1']);
    expect(await answersTo('seguranca.recording.export', '{}')).toEqual([]);
    expect(await answersTo('seguranca.recording.start', '{}', 'seguranca.event.forged')).toEqual([]);
  });

  it('leaves it to NATS to say that nobody listens, where the worker of a served subject is down', async () => {
    await start(false, ['cam_1']);
    await expect(client.request('seguranca.record.clip', '{}')).rejects.toThrow(/no responders/i);
  });
});
