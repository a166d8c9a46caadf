import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesOf, TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';
import { LiveClient } from '../testing/live-client';

const ZERO = Math.floor(Date.now() / 1000) * 1000 - 30_000;
const TOKEN = { authorization: 'Bearer open-sesame-1' };

describe('/api/live', () => {
  let console_: ConsoleApp;
  let stream: TestStream;
  let small: TestStream;
  let hevc: TestStream;
  const clients: LiveClient[] = [];
  const open = async (headers: Record<string, string> = TOKEN): Promise<LiveClient> => {
    const client = await LiveClient.open(console_.url, headers);
    clients.push(client);
    return client;
  };
  const record = (of: TestStream, track: string, to: number) =>
    of.record(console_.recordingsDir, track, ZERO, 0, to, 'open');

  beforeAll(async () => {
    [stream, small, hevc] = await Promise.all([
      TestStream.encode(8),
      TestStream.encode(8, '160x90'),
      TestStream.encode(4, '320x180', false, 'hevc'),
    ]);
    console_ = await ConsoleApp.start({
      cameras: ['cam_1', 'both', 'hevc', 'hevc_sub', 'none', 'jpeg'],
      subStreams: ['both', 'hevc_sub'],
      users: true,
    });
    await Promise.all([
      record(small, 'both.sub', 4).then((writer) => writer.abandon()),
      record(stream, 'both', 4).then((writer) => writer.abandon()),
      record(hevc, 'hevc', 4).then((writer) => writer.abandon()),
      record(hevc, 'hevc_sub', 4).then((writer) => writer.abandon()),
      record(small, 'hevc_sub.sub', 4).then((writer) => writer.abandon()),
    ]);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => console_.stop());

  it('says hello, then the state of every camera', async () => {
    const client = await open();
    await client.when('the states', () => client.of('state').length === 6);
    const [hello] = client.messages;
    expect(hello).toMatchObject({ op: 'hello', at: expect.closeTo(Date.now() / 1000, 0) as number });
    expect(client.of('state').map(({ camera_id: id }) => id)).toContain('both');
  });

  it('sends what decodes the newest picture, then each fragment that the recorder writes', async () => {
    const writer = await record(stream, 'cam_1', 4);
    const client = await open();
    client.send({ op: 'watch', id: 7, camera_id: 'cam_1' });
    await client.when('two fragments', () => client.media.length === 3);
    await stream.append(writer, ZERO, 4, 8);
    await client.when('six fragments', () => client.media.length === 7);
    expect(client.of('watching')).toMatchObject([
      {
        id: 7,
        camera_id: 'cam_1',
        stream: 'main',
        width: 320,
        height: 180,
        codecs: expect.stringMatching(/^avc1/) as string,
      },
    ]);
    const heads = client.media.map(({ kind, id, key, startMs, durationMs }) => [
      kind,
      id,
      key,
      startMs - ZERO,
      durationMs,
    ]);
    expect(heads).toEqual([
      ['init', 7, false, 0, 0],
      ...[2, 3, 4, 5, 6, 7].map((second) => ['fragment', 7, second % 2 === 0, second * 1000, 1000]),
    ]);
    const path = join(console_.folder.path, 'live.mp4');
    await writeFile(
      path,
      client.media.map(({ bytes }) => bytes),
    );
    expect(await picturesOf(path)).toEqual(stream.pictures.slice(20));
    await writer.abandon();
  });

  it('ends a watch when it is told to, or when another takes its number', async () => {
    const writer = await record(stream, 'none', 2);
    const client = await open();
    for (const id of [1, 2]) client.send({ op: 'watch', id, camera_id: 'none' });
    await client.when('both', () => client.media.length === 6);
    client.send({ op: 'unwatch', id: 1 });
    client.send({ op: 'watch', id: 2, camera_id: 'both', stream: 'main' });
    await client.when('the other camera', () => client.of('watching').length === 3);
    const before = client.media.length;
    await stream.append(writer, ZERO, 2, 4);
    client.send({ op: 'watch', id: 3, camera_id: 'none' });
    await client.when('the third', () => client.media.some(({ id, startMs }) => id === 3 && startMs === ZERO + 3000));
    const later = client.media
      .slice(before)
      .filter(({ kind, startMs }) => kind === 'fragment' && startMs < ZERO + 2000);
    expect([later.map(({ id }) => id), client.media.filter(({ id }) => id === 1)]).toEqual([
      [],
      expect.any(Array) as unknown,
    ]);
    expect(client.media.filter(({ id }) => id === 1)).toHaveLength(3);
    await writer.close();
  });

  it.each([
    ['the sub-stream for a wall', { camera_id: 'both' }, 'sub', 160],
    ['the main stream where it is wanted', { camera_id: 'both', stream: 'main' }, 'main', 320],
    ['H.265 to a page that plays it', { camera_id: 'hevc', codecs: ['avc1', 'hvc1'] }, 'main', 320],
    [
      'the sub-stream for a page that plays no H.265',
      { camera_id: 'hevc_sub', stream: 'main', codecs: ['avc1'] },
      'sub',
      160,
    ],
  ])('sends %s', async (_, wanted, is, width) => {
    const client = await open();
    client.send({ op: 'watch', id: 1, ...wanted });
    await client.when('a fragment', () => client.media.length > 1);
    expect(client.of('watching')).toMatchObject([{ stream: is, width }]);
  });

  it.each([
    ['that plays nothing of it', { camera_id: 'hevc', codecs: ['avc1'] }],
    ['that wants them', { camera_id: 'both', stream: 'still' }],
  ])('sends stills to a page %s', async (_, wanted) => {
    const client = await open();
    client.send({ op: 'watch', id: 1, ...wanted });
    const [still] = await client.when('a still', () => client.media.length > 0 && client.media);
    expect(client.of('watching')).toMatchObject([{ stream: 'still' }]);
    expect(still).toMatchObject({ kind: 'still', id: 1, key: true, startMs: ZERO + 2000 });
    expect(still?.bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  it('says that a camera sends nothing, and begins when it does', async () => {
    const client = await open();
    client.send({ op: 'watch', id: 1, camera_id: 'jpeg' });
    await client.when('that', () => client.of('stale').length === 1);
    expect(client.of('stale')).toEqual([{ op: 'stale', id: 1, state: 'connecting' }]);
    const writer = await record(stream, 'jpeg', 2);
    await client.when('the picture', () => client.media.length === 3);
    await writer.abandon();
  });

  it('stops a watch of a camera that is not there, and goes on', async () => {
    const client = await open();
    client.send({ op: 'watch', id: 1, camera_id: 'cam_9' });
    client.send({ op: 'watch', id: 2, camera_id: 'both', stream: 'main' });
    client.send({ op: 'watch', id: 3, camera_id: 'cam_1', stream: 'sub' });
    await client.when('both answers', () => client.media.length > 0 && client.of('stopped').length === 2);
    expect(client.of('stopped')).toMatchObject([
      { id: 1, code: 'unknown_camera' },
      { id: 3, code: 'no_footage' },
    ]);
  });

  it.each(['no JSON', '[]', '{"op":"watch"}', '{"op":"watch","id":-1,"camera_id":"cam_1"}', '{"op":"hello"}', 'null'])(
    'refuses %s and stays open',
    async (text) => {
      const client = await open();
      client.socket.send(text);
      await client.when('the refusal', () => client.of('refused').length === 1);
      expect(client.of('refused')).toMatchObject([{ code: 'invalid_payload' }]);
      expect(client.closed).toBeUndefined();
    },
  );

  it('ends the connection of a page that sends too much at once, or too often', async () => {
    const [long, often] = await Promise.all([open(), open()]);
    long.socket.send('x'.repeat(4097));
    // Ten a second are allowed anew while a busy machine takes them.
    for (let i = 0; i < 1000; i++) often.send({ op: 'unwatch', id: 1 });
    await long.when('the end', () => long.closed !== undefined && often.closed !== undefined);
    expect([long.closed?.code, often.closed?.code]).toEqual([1009, 1008]);
  });

  it('lets nobody in without a token, and no page of another site with one', async () => {
    const refusals = await Promise.all(
      [
        {},
        { authorization: 'Bearer wrong-token-1' },
        { ...TOKEN, origin: 'http://evil.example' },
        { ...TOKEN, origin: 'null' },
        { ...TOKEN, host: 'evil.example' },
        { ...TOKEN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'websocket' },
      ].map((headers) => LiveClient.refusal(console_.url, headers as Record<string, string>)),
    );
    expect(refusals).toEqual([401, 401, 403, 403, 403, 403]);
    expect((await open({ ...TOKEN, origin: console_.url })).closed).toBeUndefined();
    expect((await console_.get('/api/live')).status).toBe(400);
  });

  it('tells a viewer of his cameras alone, and ends with his session', async () => {
    const user = { name: 'ana', password: 'correct horse battery', role: 'viewer', cameras: ['both'] };
    expect((await console_.post('/api/users', user)).ok).toBe(true);
    const signedIn = await console_.post('/api/session', { user: user.name, password: user.password });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const client = await open({ cookie });
    client.send({ op: 'watch', id: 1, camera_id: 'cam_1' });
    client.send({ op: 'watch', id: 2, camera_id: 'both', stream: 'main' });
    await client.when('his camera', () => client.media.length > 1 && client.of('state').length > 0);
    expect(client.of('state').map(({ camera_id: id }) => id)).toEqual(['both']);
    expect(client.of('stopped')).toMatchObject([{ id: 1, code: 'unknown_camera' }]);
    expect(client.media.every(({ id }) => id === 2)).toBe(true);
    const headers = { authorization: 'Bearer open-sesame-1' };
    await fetch(`${console_.url}/api/users/ana`, { method: 'DELETE', headers });
    await client.when('the end', () => client.closed);
    expect(client.closed?.code).toBe(4401);
  }, 20_000);

  it('is no way to another route', async () => {
    const statuses = ['/api/cameras', '/api/nothing'].map((path) => LiveClient.refusal(console_.url, TOKEN, path));
    expect(await Promise.all(statuses)).toEqual([200, 404]);
    expect(await LiveClient.refusal(console_.url, {}, '/api/live/')).toBe(401);
  });
});

describe('the end of a console', () => {
  it('closes the pages that are open, and ends at once', async () => {
    const console_ = await ConsoleApp.start({ cameras: ['cam_1'] });
    const client = await LiveClient.open(console_.url, TOKEN);
    await console_.stop();
    await client.when('the end', () => client.closed);
    expect(client.closed).toMatchObject({ code: 1001 });
  });
});
