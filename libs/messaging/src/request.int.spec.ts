import { headers, type NatsConnection } from '@nats-io/transport-node';
import { startNats, until, type Server } from '@vr/testing';
import { createClient } from './index';
import { startTestWorker, type TestWorker } from './worker.fixture';

describe('request and reply over a real server', () => {
  let nats: Server;
  let worker: TestWorker;
  let client: NatsConnection;

  beforeAll(async () => {
    nats = await startNats();
    worker = await startTestWorker(nats.url);
    client = await createClient({ NATS_URL: nats.url });
    await until(async () => (await worker.health())?.state === 'up', {
      what: 'the worker on NATS',
      deadlineMs: 10_000,
    });
  }, 30_000);
  afterAll(async () => {
    await client.close();
    await worker.end();
    await nats.stop();
  });

  const ask = async (subject: string, body: string | Uint8Array, extra = {}): Promise<unknown> =>
    (await client.request(subject, body, { timeout: 5000, ...extra })).json();

  it('answers bare JSON with bare JSON', async () => {
    expect(await ask('test.echo', '{"data":{"id":7}}')).toEqual({ data: { id: 7 } });
  });

  const nothing = [
    '',
    ' \n',
    'null',
    '""',
    '" "',
    '[]',
    '{}',
    'NaN',
    '\ufeff',
    '{"pattern":"p","data":""}',
    '{"pattern":"p","data":null,"id":"1"}',
    '{"pattern":"p","data":[]}',
  ];
  it.each(nothing)('takes the body %j for an empty object where nothing need be said', async (body) => {
    expect(await ask('test.asked', body)).toEqual({ payload: {} });
  });

  it.each(['no json', '7', '[1]'])('takes the body %j for what it is there too', async (body) => {
    expect(await ask('test.asked', body)).not.toEqual({ payload: {} });
  });

  it('answers a ContractError with its code and message', async () => {
    expect(await ask('test.echo', '"refuse"')).toEqual({
      error: { code: 'unknown_camera', message: 'no camera of that name' },
    });
  });

  it('answers an error of ours without its details', async () => {
    const answer = await ask('test.echo', '"break"');
    expect(answer).toMatchObject({ error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('secret detail');
  });

  it('answers that a reply was too large for NATS', async () => {
    expect(await ask('test.echo', '"enormous"')).toMatchObject({ error: { code: 'internal' } });
  });

  it.each(['', 'no json', Uint8Array.of(0xff, 0xd8)])('rejects the body %p, counts it and lives', async (body) => {
    expect(await ask('test.echo', body)).toMatchObject({ error: { code: 'invalid_payload' } });
    expect(await worker.metrics()).toMatch(
      /messages_rejected_total\{subject="test.echo",code="invalid_payload"\} [1-9]/,
    );
  });

  it('answers with the last value of an Observable', async () => {
    expect(await ask('test.stream', '1')).toBe('last');
  });

  it("lets Nest's pipes and guards do their work", async () => {
    expect(await ask('test.number', '"42"')).toBe(42);
    expect(await ask('test.number', '"x"')).toMatchObject({ error: { code: 'invalid_payload' } });
    const secret = headers();
    secret.set('x-secret', '1');
    expect(await ask('test.echo', '1', { headers: secret })).toMatchObject({ error: { code: 'invalid_payload' } });
  });

  it('hands a raw body over as bytes, with its subject and headers, through a wildcard', async () => {
    const told = headers();
    told.set('camera_id', 'cam_1');
    const answer = await ask('test.raw.a.b', Uint8Array.of(0xff, 0xd8, 0xff), { headers: told });
    expect(answer).toEqual({ subject: 'test.raw.a.b', headers: { camera_id: 'cam_1' }, sizeBytes: 3, json: false });
  });

  it('publishes bare JSON, and has it at the server when publish resolves', async () => {
    const heard = client.subscribe('out.*', { max: 1 });
    await client.flush();
    await worker.publisher.publish('out.news', { camera_id: 'cam_1' });
    for await (const message of heard) expect(message.json()).toEqual({ camera_id: 'cam_1' });
  });
});

describe('a server with users', () => {
  it('is used with NATS_USER and NATS_PASS', async () => {
    const nats = await startNats({ user: 'vr', password: 'p@ss:w/rd' });
    const worker = await startTestWorker(nats.url, { NATS_USER: 'vr', NATS_PASS: 'p@ss:w/rd' });
    await worker.publisher.publish('out.news', 1);
    await worker.end();
    const stranger = await startTestWorker(nats.url, { NATS_USER: 'vr', NATS_PASS: 'wrong' });
    await expect(stranger.publisher.publish('out.news', 1, { deadlineMs: 300 })).rejects.toThrow(
      /not sent.*authorization/i,
    );
    expect(await stranger.health()).toMatchObject({ state: 'down' });
    await stranger.end();
    await nats.stop();
  }, 30_000);
});
