import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { until } from '@vr/testing';
import { openReportRelay, type ReportRelay } from './report-relay';

const PASSWORD = 'p%40ss%3Aw%2Frd%40';

describe('a relay that mends reports', () => {
  let camera: Server;
  let sessions: Socket[];
  let relay: ReportRelay | undefined;
  const open: Socket[] = [];

  beforeEach(async () => {
    sessions = [];
    camera = createServer((socket) => sessions.push(socket.on('error', () => undefined)));
    camera.listen(0, '127.0.0.1');
    await once(camera, 'listening');
  });
  afterEach(async () => {
    relay?.close();
    for (const socket of [...open.splice(0), ...sessions]) socket.destroy();
    camera.close();
    await once(camera, 'close');
  });

  const cameraHost = (): string => {
    const address = camera.address();
    return `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  };
  async function client(): Promise<{ socket: Socket; got: () => string }> {
    relay = await openReportRelay(`rtsp://john.doe:${PASSWORD}@${cameraHost()}/stream?a=b`);
    return attach();
  }
  function attach(): { socket: Socket; got: () => string } {
    let text = '';
    const socket = connect(Number(new URL(relay?.url ?? '').port), '127.0.0.1');
    open.push(socket.on('error', () => undefined).on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))));
    return { socket, got: () => text };
  }

  it("has the camera's URL with another address, and takes that back out of words", async () => {
    await client();
    expect(relay?.url).toMatch(new RegExp(`^rtsp://john\\.doe:${PASSWORD}@127\\.0\\.0\\.1:\\d+/stream\\?a=b$`));
    const here = new URL(relay?.url ?? '').host;
    expect(here).not.toBe(cameraHost());
    expect(relay?.named(`Connection to tcp://${here}?timeout=1 failed`)).toBe(
      `Connection to tcp://${cameraHost()}?timeout=1 failed`,
    );
  });

  it('hands on both ways, and mends reports', async () => {
    const { socket, got } = await client();
    socket.write('OPTIONS rtsp://127.0.0.1/stream RTSP/1.0\r\n\r\n');
    const [session] = sessions;
    if (!session) throw new Error('the camera was not reached');
    const [request] = (await once(session, 'data')) as [Buffer];
    expect(request.toString()).toBe('OPTIONS rtsp://127.0.0.1/stream RTSP/1.0\r\n\r\n');
    const report = (ntpSeconds: number, stamp: number): Buffer => {
      const bytes = Buffer.alloc(32);
      bytes.set([0x24, 1, 0, 28, 0x80, 200]);
      bytes.writeUInt32BE(ntpSeconds, 12);
      bytes.writeUInt32BE(stamp, 20);
      return bytes;
    };
    session.write(Buffer.concat([report(1000, 0), report(1000, 180_000)]));
    await until(() => got().length === 64, { what: 'two reports', deadlineMs: 5000 });
    expect(Buffer.from(got(), 'latin1')).toEqual(Buffer.concat([report(1000, 0), report(1002, 180_000)]));
  });

  it('lets one in, once, and ends with the camera', async () => {
    const first = await client();
    first.socket.write('x');
    await until(() => sessions[0]?.bytesRead === 1, { what: 'the first one', deadlineMs: 5000 });
    const second = attach();
    await until(() => second.socket.closed, { what: 'the second one refused', deadlineMs: 5000 });
    sessions[0]?.destroy();
    await until(() => first.socket.closed, { what: 'the end of the first one', deadlineMs: 5000 });
    expect(sessions).toHaveLength(1);
  });

  it('is none where the camera takes no connection, or speaks TLS', async () => {
    camera.close();
    await once(camera, 'close');
    expect(await openReportRelay(`rtsp://127.0.0.1:9/x`)).toBeUndefined();
    expect(await openReportRelay(`rtsps://127.0.0.1:9/x`)).toBeUndefined();
    camera = createServer().listen(0, '127.0.0.1');
    await once(camera, 'listening');
  });
});
