/** What cameras do that no standard says, and what hostile ones would do. */
import { until } from '@vr/testing';
import { CameraStream } from './camera-stream';
import { header } from './message';
import { RtspFault } from './rtsp-fault';
import { DESCRIPTION, ScriptedCamera, type Trait } from './testing/scripted-camera';

const PACKET = Buffer.concat([Buffer.from([0x80, 0xe0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7]), Buffer.from('65880102', 'hex')]);
const onChannel = (channel: number): Buffer => Buffer.concat([Buffer.from([0x24, channel, 0, PACKET.length]), PACKET]);

const IDLE = {
  packet: () => undefined,
  report: () => undefined,
  restarted: () => undefined,
  goodbye: () => undefined,
};

describe('CameraStream with', () => {
  const cameras: ScriptedCamera[] = [];
  afterEach(async () => {
    for (const camera of cameras.splice(0)) await camera.stop();
  });

  async function start(trait?: Trait): Promise<ScriptedCamera> {
    const camera = await ScriptedCamera.start(trait);
    cameras.push(camera);
    return camera;
  }

  const options = { timeoutMs: 1000, transport: 'tcp' as const, audio: false, nowMs: () => 0 };

  /** How many packets came, of a stream that is opened and plays. */
  async function packetsOf(camera: ScriptedCamera, send: Buffer): Promise<number> {
    const stream = await CameraStream.open(camera.url(), options);
    let packets = 0;
    const sink = {
      packet: () => {
        packets++;
      },
      report: () => undefined,
      restarted: () => undefined,
      goodbye: () => undefined,
    };
    await stream.start({ video: sink });
    camera.send(send);
    await until(() => packets > 0, { what: 'a packet', deadlineMs: 2000 });
    await stream.end();
    return packets;
  }

  async function faultOf(url: string): Promise<RtspFault> {
    try {
      const stream = await CameraStream.open(url, options);
      await stream.start({ video: IDLE });
      return await stream.ended;
    } catch (fault) {
      if (fault instanceof RtspFault) return fault;
      throw fault;
    }
  }

  it('packets before the answer to PLAY', async () => {
    const camera = await start(({ method }) => (method === 'PLAY' ? { before: onChannel(0) } : undefined));
    expect(await packetsOf(camera, Buffer.alloc(0))).toBe(1);
  });

  it('other channels than were asked for', async () => {
    const camera = await start(({ method }) =>
      method === 'SETUP' ? { fields: { Session: 'abc', Transport: 'RTP/AVP/TCP;interleaved=6-7' } } : undefined,
    );
    expect(await packetsOf(camera, Buffer.concat([onChannel(0), onChannel(6)]))).toBe(1);
  });

  it('answers without CSeq', async () => {
    const camera = await start(() => ({ withoutSequence: true }));
    expect(await packetsOf(camera, onChannel(0))).toBe(1);
  });

  it('no OPTIONS, and no word about its transport', async () => {
    const camera = await start(({ method }) =>
      method === 'OPTIONS' ? { status: 501 } : method === 'SETUP' ? { fields: { Session: 'abc' } } : undefined,
    );
    expect(await packetsOf(camera, onChannel(0))).toBe(1);
  });

  it('a session that ends after a second: it hears from us in time, also where it does not answer', async () => {
    const camera = await start(({ method }) =>
      method === 'SETUP'
        ? { fields: { Session: 'abc;timeout=1', Transport: 'RTP/AVP/TCP;interleaved=0-1' } }
        : { silent: method === 'GET_PARAMETER' },
    );
    const stream = await CameraStream.open(camera.url(), options);
    await stream.start({ video: IDLE });
    await until(() => camera.asked.filter(({ method }) => method === 'GET_PARAMETER').length > 2, {
      what: 'keep-alives',
      deadlineMs: 4000,
    });
    expect(header(camera.asked.at(-1) ?? { startLine: '', headers: new Map() }, 'session')).toBe('abc');
    await stream.end();
    expect(camera.asked.at(-1)?.method).toBe('TEARDOWN');
  });

  it('a nonce that grows stale in the middle', async () => {
    const nonceOf = (request: { headers: ReadonlyMap<string, readonly string[]> }) =>
      /nonce="(\w+)"/.exec(request.headers.get('authorization')?.[0] ?? '')?.[1];
    const camera = await start((request) => {
      const wanted = request.method === 'PLAY' || request.method === 'TEARDOWN' ? 'second' : 'first';
      const nonce = nonceOf(request);
      if (nonce === wanted) return undefined;
      const stale = nonce === undefined ? '' : ', stale=true';
      return { status: 401, fields: { 'WWW-Authenticate': `Digest realm="r", nonce="${wanted}"${stale}` }, body: '' };
    });
    const stream = await CameraStream.open(camera.url('u:p@'), options);
    await stream.start({ video: IDLE });
    await stream.end();
    expect(camera.asked.map(({ method }) => method)).toEqual([
      'OPTIONS',
      'OPTIONS',
      'DESCRIBE',
      'SETUP',
      'PLAY',
      'PLAY',
      'TEARDOWN',
    ]);
  });

  it('another host behind a redirect: it never sees the password', async () => {
    const thief = await start(({ method }) =>
      method === 'DESCRIBE'
        ? { status: 401, fields: { 'WWW-Authenticate': 'Basic realm="mine"' }, body: '' }
        : undefined,
    );
    const camera = await start(() => ({ status: 302, fields: { Location: thief.url() } }));
    expect(await faultOf(camera.url('admin:hunter2@'))).toMatchObject({ kind: 'unauthorized' });
    expect(thief.asked.length).toBeGreaterThan(0);
    expect(thief.asked.every(({ headers }) => !headers.has('authorization'))).toBe(true);
    expect([...thief.asked, ...camera.asked].every(({ url }) => !url.includes('hunter2'))).toBe(true);
  });

  it('a redirect to itself, without end', async () => {
    const camera: ScriptedCamera = await start(() => ({ status: 302, fields: { Location: camera.url() } }));
    expect((await faultOf(camera.url())).message).toBe('wanted at most 5 redirects, got one more');
  });

  it.each<[string, Trait, Partial<RtspFault>]>([
    ['headers without end', () => ({ raw: `RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(20_000)}` }), { kind: 'invalid' }],
    ['a body of 4 GB', () => ({ raw: 'RTSP/1.0 200 OK\r\nContent-Length: 4294967296\r\n\r\n' }), { kind: 'invalid' }],
    ['no answer', () => ({ silent: true }), { kind: 'silent' }],
    [
      'an empty description',
      ({ method }) => (method === 'DESCRIBE' ? { body: 'v=0\r\n' } : undefined),
      { kind: 'invalid' },
    ],
    [
      'VP8',
      ({ method }) => (method === 'DESCRIBE' ? { body: DESCRIPTION.replace('H264', 'VP8') } : undefined),
      { kind: 'unsupported', message: 'wanted H.264 or H.265, got vp8' },
    ],
    [
      'no room for us',
      ({ method }) => (method === 'SETUP' ? { status: 453 } : undefined),
      { kind: 'refused', status: 453 },
    ],
    [
      'a challenge that nobody knows',
      () => ({ status: 401, fields: { 'WWW-Authenticate': 'Negotiate' } }),
      { kind: 'unauthorized' },
    ],
    [
      'a description without a password for us',
      () => ({ status: 401, fields: { 'WWW-Authenticate': 'Basic realm="x"' } }),
      { kind: 'unauthorized' },
    ],
    [
      'garbage for packets',
      ({ method }) => (method === 'PLAY' ? { after: Buffer.alloc(200_000, 1) } : undefined),
      { kind: 'invalid' },
    ],
  ])('%s', async (_, trait, fault) => {
    const camera = await start(trait);
    expect(await faultOf(camera.url())).toMatchObject(fault);
  });

  it('frames whose lengths lie: the rest is passed over, and what follows is read', async () => {
    const camera = await start();
    const short = onChannel(0);
    short.writeUInt16BE(PACKET.length - 2, 2); // Two bytes stray behind it.
    const next = onChannel(0);
    next.writeUInt16BE(2, 6);
    expect(await packetsOf(camera, Buffer.concat([short, next]))).toBe(2);
  });

  it('a frame that says 64 KB and never comes: it holds up nothing but itself', async () => {
    const camera = await start();
    const stream = await CameraStream.open(camera.url(), options);
    await stream.start({ video: IDLE });
    camera.send(Buffer.from([0x24, 0, 0xff, 0xff, 1, 2, 3]));
    await until(() => camera.asked.length > 0, { what: 'the session', deadlineMs: 2000 });
    const beganMs = performance.now();
    await stream.end();
    expect(performance.now() - beganMs).toBeLessThan(2000);
    expect(await stream.ended).toMatchObject({ kind: 'closed' });
  });

  it('questions without end, by a camera that hears no answer: the session ends before memory does', async () => {
    const camera = await start(({ method }) => (method === 'PLAY' ? { thenDeaf: true } : undefined));
    const stream = await CameraStream.open(camera.url(), options);
    await stream.start({ video: IDLE });
    const question = Buffer.from('OPTIONS rtsp://you RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(20_000));
    const asking = setInterval(() => camera.send(question), 20);
    try {
      expect(await stream.ended).toMatchObject({ kind: 'invalid' });
    } finally {
      clearInterval(asking);
    }
  });

  it('a sink that fails: this session ends, and says why', async () => {
    const camera = await start(({ method }) => (method === 'PLAY' ? { after: onChannel(0) } : undefined));
    const stream = await CameraStream.open(camera.url(), options);
    await stream.start({
      video: {
        packet: () => {
          throw new RangeError('out of bounds');
        },
        report: () => undefined,
        restarted: () => undefined,
        goodbye: () => undefined,
      },
    });
    expect(await stream.ended).toMatchObject({
      kind: 'invalid',
      message: 'a packet could not be read: RangeError: out of bounds',
    });
  });
});
