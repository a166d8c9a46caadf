// In most of these tests a socket plays the camera. It speaks just enough RTSP to see what ffmpeg tells it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { cameraConfig } from '@vr/contracts';
import { startCamera } from '@vr/testing';
import { detectFfmpeg } from './features';
import { openPasswordDoor } from './password-door';
import { recordArguments } from './record-arguments';
import { spawnRecording } from './recording-process';

let servers: Server[] = [];
let sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  servers = [];
  sockets = [];
});

/** Plays the camera. `request` resolves with the first data that matches. */
async function listener(
  wanted: (data: Buffer) => boolean,
  reply: (request: string) => string,
): Promise<{ port: number; request: Promise<Buffer> }> {
  let seen: (data: Buffer) => void = () => undefined;
  const request = new Promise<Buffer>((resolve) => (seen = resolve));
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      if (wanted(data)) seen(data);
      socket.write(reply(data.toString('latin1')));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, request };
}

const sequence = (request: string) => /CSeq: *(\d+)/.exec(request)?.[1] ?? '0';
const argumentsFor = async (url: string) =>
  recordArguments(cameraConfig.parse({ id: 'cam_1', url }), await detectFfmpeg());

describe('spawnRecording', () => {
  it('logs in with the password as typed, and shows it neither in the process list nor in its last words', async () => {
    const camera = await listener(
      (data) => data.includes('Authorization: Basic'),
      (request) =>
        request.startsWith('OPTIONS')
          ? `RTSP/1.0 200 OK\r\nCSeq: ${sequence(request)}\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n`
          : request.includes('Authorization')
            ? ''
            : `RTSP/1.0 401 Unauthorized\r\nCSeq: ${sequence(request)}\r\nWWW-Authenticate: Basic realm="cam"\r\n\r\n`,
    );
    const recording = await spawnRecording(
      await argumentsFor(`rtsp://john.doe:p@ss:w/rd@127.0.0.1:${camera.port}/cam_1`),
    );
    const request = (await camera.request).toString('latin1');
    const commandLine = await readFile(`/proc/${recording.pid}/cmdline`, 'utf8');
    const login = /Authorization: Basic (\S+)/.exec(request)?.[1] ?? '';
    expect(Buffer.from(login, 'base64').toString()).toBe('john.doe:p@ss:w/rd');
    expect(request).toContain('/cam_1 RTSP/1.0');
    expect(commandLine).toContain('rtsp://127.0.0.1:');
    expect(commandLine).not.toMatch(/john|p@ss|p%40|w%2Frd/);
    await recording.end();
    await recording.end();
    expect((await recording.ending()).lastWords).not.toMatch(/p@ss|p%40|w%2Frd/);
  });

  it.each(['digest', 'basic'] as const)(
    'brings pictures from a camera that wants %s authentication',
    async (auth) => {
      const camera = await startCamera({ user: 'john.doe', password: 'p@ss:w/rd', auth });
      const { port } = new URL(camera.url(1));
      const recording = await spawnRecording(
        await argumentsFor(`rtsp://john.doe:p@ss:w/rd@127.0.0.1:${port}${new URL(camera.url(1)).pathname}`),
      );
      const commandLine = await readFile(`/proc/${recording.pid}/cmdline`, 'utf8');
      let head = '';
      await recording.read((chunk) => {
        head += chunk.toString('latin1');
        if (head.includes('moof')) void recording.end();
      });
      expect(head.slice(4, 8)).toBe('ftyp');
      expect(commandLine).toContain('rtsp://127.0.0.1:');
      expect(commandLine).not.toMatch(/john|p@ss|p%40/);
      await recording.end();
      await camera.stop();
    },
    20_000,
  );

  it('says which camera refused, by its address', async () => {
    const camera = await listener(
      () => false,
      (request) =>
        `RTSP/1.0 ${request.startsWith('OPTIONS') ? '200 OK' : '404 Not Found'}\r\nCSeq: ${sequence(request)}\r\n\r\n`,
    );
    const recording = await spawnRecording(
      await argumentsFor(`rtsp://john.doe:secret1@127.0.0.1:${camera.port}/nothing`),
    );
    await recording.read(() => undefined);
    const words = (await recording.ending()).lastWords;
    expect(words).toContain('404');
    expect(words).toContain(`john.doe:***@127.0.0.1:${camera.port}/nothing`);
    expect(words).not.toContain('secret1');
  });

  it('reaches rtsps through the same door', async () => {
    const isTlsHandshake = (data: Buffer) => data[0] === 0x16;
    const camera = await listener(isTlsHandshake, () => '');
    const recording = await spawnRecording(
      await argumentsFor(`rtsps://john.doe:secret1@127.0.0.1:${camera.port}/cam_1`),
    );
    expect(isTlsHandshake(await camera.request)).toBe(true);
    await recording.end();
  });
});

describe('the password door', () => {
  async function ask(url: string): Promise<string> {
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket);
    socket.write(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 7\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  }

  it('opens once', async () => {
    const door = await openPasswordDoor('rtsp://a:b@10.0.0.5/x');
    expect(await ask(door.url)).toBe('RTSP/1.0 302 Found\r\nCSeq: 7\r\nLocation: rtsp://a:b@10.0.0.5/x\r\n\r\n');
    await expect(ask(door.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not open to who does not know its path, and stays for who does', async () => {
    const door = await openPasswordDoor('rtsp://a:b@10.0.0.5/x');
    expect(await ask(new URL('/other', door.url).href)).toContain('403 Forbidden');
    expect(await ask(door.url)).toContain('302 Found');
  });

  /**
   * Runs as a process that is no child of ours. If we are root, it belongs to another user. It uses `port` for its own
   * end of the connection, which Linux allows since 6.3.
   */
  const STRANGER = `
import os, socket, sys
starter = os.getpid()
if os.fork(): os._exit(0)
while os.getppid() == starter: pass
if os.getuid() == 0: os.setuid(65534)
url, port = sys.argv[1], int(sys.argv[2])
s = socket.socket()
try: s.setsockopt(socket.IPPROTO_IP, 51, (port | port << 16).to_bytes(4, sys.byteorder))
except OSError: pass
s.connect(("127.0.0.1", int(url.split(":")[2].split("/")[0])))
s.sendall(("DESCRIBE " + url + " RTSP/1.0\\r\\nCSeq: 7\\r\\n\\r\\n").encode())
print(s.recv(4096).decode())
`;

  it('does not open to a process of others, even from a port that we use, and stays for ours', async () => {
    const other = await listener(
      () => false,
      () => '',
    );
    const used = connect(other.port, '127.0.0.1');
    sockets.push(used);
    await once(used, 'connect');
    const door = await openPasswordDoor('rtsp://a:b@10.0.0.5/x');
    const { stdout } = await promisify(execFile)('python3', ['-c', STRANGER, door.url, String(used.localPort)]);
    expect(stdout).toContain('403 Forbidden');
    expect(stdout).not.toContain('10.0.0.5');
    expect(await ask(door.url)).toContain('302 Found');
  });
});
