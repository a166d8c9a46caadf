import { createClient } from '@vr/messaging';
import { startNats, until, type Server } from '@vr/testing';
import { BEARER, ConsoleProcess, TOKEN } from '../testing/console-process';

const AT = 1_795_780_800;
/** The content type that `curl -d` sends where nobody says otherwise. */
const FORM = 'application/x-www-form-urlencoded';

/** A stand-in takes a worker's place and answers with what it was asked. */
describe('the body of a request', () => {
  let nats: Server;
  let it_: ConsoleProcess;
  let client: Awaited<ReturnType<typeof createClient>>;
  beforeAll(async () => {
    nats = await startNats();
    client = await createClient({ NATS_URL: nats.url });
    client.subscribe('seguranca.record.*', { callback: (_, message) => void message.respond(message.data) });
    await client.flush();
    it_ = await ConsoleProcess.start({ NATS_URL: nats.url, CONSOLE_API_TOKEN: TOKEN });
    await until(async () => (await post('', 'text/plain')).status === 200, {
      what: 'the console on NATS',
      deadlineMs: 20_000,
    });
  }, 60_000);
  afterAll(async () => {
    await it_.stop();
    await client.close();
    await nats.stop();
  });

  type Answered = { status: number; body: Record<string, unknown> };
  async function post(
    body: string,
    type?: string,
    more: Record<string, string> = {},
    what = 'snapshot',
  ): Promise<Answered> {
    const headers = { ...BEARER, ...more, ...(type !== undefined && { 'content-type': type }) };
    const answer = await it_.ask(`/api/cameras/cam_1/${what}`, { method: 'POST', headers, body });
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
  }
  const said = (body: string): unknown => expect.objectContaining({ message: expect.stringContaining(body) as string });

  it.each([
    FORM,
    'text/plain',
    'application/json',
    'application/json; charset=latin1',
    'application/octet-stream',
    'no type',
    undefined,
  ])('is read as JSON also as %s', async (type) => {
    const body = { timestamp: AT, reason: 'ring' };
    expect(await post(JSON.stringify(body), type)).toEqual({ status: 200, body: { ...body, camera_id: 'cam_1' } });
  });

  it.each([
    ['clip', 202],
    ['protect', 200],
  ])('has what a %s wants, as curl -d sends it', async (what, status) => {
    const answer = await post(JSON.stringify({ start: AT, end: AT + 9, reason: 'visit' }), FORM, {}, what);
    expect(answer).toMatchObject({ status, body: { start: AT, end: AT + 9, reason: 'visit' } });
  });

  it('is read as over NATS: NaN, null and blanks are no value, and long digits stay as they are', async () => {
    const body = `{"timestamp":NaN,"reason":null,"request_id":9223372036854775807}`;
    const wanted = { camera_id: 'cam_1', reason: 'console', request_id: '9223372036854775807' };
    expect(await post(body, 'application/json')).toEqual({ status: 200, body: wanted });
    expect((await post('{"reason":NaN}', FORM)).body).toEqual({ camera_id: 'cam_1', reason: 'console' });
    expect((await post(`{"pattern":"p","data":{"timestamp":${AT}}}`)).body).toMatchObject({ timestamp: AT });
  });

  it.each(['', ' \n', 'null', '""', '[]', '{}'])('that says nothing is none: %j', async (body) => {
    for (const type of ['application/json', FORM])
      expect(await post(body, type)).toEqual({ status: 200, body: { camera_id: 'cam_1', reason: 'console' } });
  });

  it.each([
    ['a form', `timestamp=${AT}&reason=ring`, 'wanted JSON, got a form (name=value)'],
    ['no JSON', '{"timestamp":', 'wanted JSON, got '],
    ["Python's str()", "{'timestamp': 1}", 'use json.dumps'],
    ['a number', '7', 'wanted a JSON object, got 7'],
    ['a list', '[1]', 'wanted a JSON object, got a list'],
  ])('that is %s is refused, never dropped', async (_, body, message) => {
    for (const type of [FORM, 'application/json', undefined]) {
      const answer = await post(body, type);
      expect([answer.status, answer.body]).toEqual([400, { error: said(message) }]);
    }
  });

  it('of more than 100 KB is refused', async () => {
    expect((await post(JSON.stringify({ reason: 'x'.repeat(110_000) }), FORM)).status).toBe(413);
  });

  it('is not read before the token is known, and never from a page of another site', async () => {
    const body = '{"timestamp":';
    const anonymous = { method: 'POST', headers: { 'content-type': FORM }, body };
    expect((await it_.ask('/api/cameras/cam_1/snapshot', anonymous)).status).toBe(401);
    const foreign: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      // A form may navigate. That lets in reading only.
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ];
    for (const type of [FORM, 'text/plain', 'multipart/form-data; boundary=x', undefined])
      for (const headers of foreign) {
        const answer = await post(JSON.stringify({ timestamp: AT }), type, headers);
        expect([type, headers, answer.status]).toEqual([type, headers, 403]);
      }
  });
});
