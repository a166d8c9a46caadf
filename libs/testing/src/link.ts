// The cable between a recorder and a camera. It does what cameras do and the simulator's RTSP server does not: TLS,
// promised sound that does not come, lost packets, time stamps that jump. RTP goes through it interleaved in RTSP (RFC
// 2326, 10.12).
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { temporaryFolder } from './folders';
import { runToEnd } from './run';

export interface LinkOptions {
  /** Where the camera listens on 127.0.0.1. */
  port: number;
  /** With a certificate of its own making, as cameras have it. */
  tls?: boolean;
  /**
   * Sees each packet on its way to the recorder and may change it in place; `false` loses it. Channels are as in
   * `CHANNEL`.
   */
  onPacket?: (packet: { channel: number; bytes: Buffer }) => boolean;
  /** What the recorder is told of the camera's streams, from the SDP that it sends. */
  onDescription?: (sdp: string) => string;
}

/** What ffmpeg asks for in its first and second SETUP; the simulator has pictures first. */
export const CHANNEL = { video: 0, videoReport: 1, audio: 2, audioReport: 3 } as const;

export interface Link {
  port: number;
  /** A camera's URL, by way of this link. */
  url(cameraUrl: string): string;
  close(): void;
}

export async function startLink({ port, tls = false, onPacket, onDescription }: LinkOptions): Promise<Link> {
  const sockets = new Set<Socket>();
  const attend = (client: Socket): void => {
    const camera = connect(port, '127.0.0.1');
    const interleaved = new InterleavedStream((packet) => onPacket?.(packet) ?? true);
    for (const [socket, other] of [
      [client, camera],
      [camera, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        other.destroy();
        sockets.delete(socket);
      });
    }
    client.pipe(camera);
    camera.on('data', (chunk: Buffer) => {
      for (const bytes of interleaved.push(chunk))
        client.write(onDescription ? described(bytes, onDescription) : bytes);
    });
  };
  const server: Server = tls ? createTlsServer(await selfSigned(), attend) : createTcpServer(attend);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    url: (cameraUrl) =>
      cameraUrl.replace(`127.0.0.1:${port}`, `127.0.0.1:${own}`).replace(/^rtsp:/, tls ? 'rtsps:' : 'rtsp:'),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function selfSigned(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await temporaryFolder('certificate');
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  await runToEnd('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=camera',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await folder.remove();
  return pair;
}

const DOLLAR = 0x24;

/** Another SDP in the answer to DESCRIBE; everything else as it is. */
function described(message: Buffer, change: (sdp: string) => string): Buffer {
  const text = message.toString('latin1');
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  if (message[0] === DOLLAR || !/^Content-Type: *application\/sdp/im.test(text.slice(0, bodyAt))) return message;
  const sdp = change(text.slice(bodyAt));
  return Buffer.from(text.slice(0, bodyAt).replace(/^(Content-Length: *)\d+/im, `$1${sdp.length}`) + sdp, 'latin1');
}

/** Cuts what a server sends into RTSP messages, passed on as they are, and RTP packets. */
class InterleavedStream {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly pass: (packet: { channel: number; bytes: Buffer }) => boolean) {}

  *push(chunk: Buffer): Generator<Buffer> {
    this.pending = Buffer.concat([this.pending, chunk]);
    for (let size = this.firstSize(); size > 0 && size <= this.pending.length; size = this.firstSize()) {
      const bytes = this.pending.subarray(0, size);
      this.pending = this.pending.subarray(size);
      if (bytes[0] !== DOLLAR || this.pass({ channel: bytes[1] ?? 0, bytes: bytes.subarray(4) })) yield bytes;
    }
  }

  /** Of the first packet or message; 0 where that is not known yet. */
  private firstSize(): number {
    if (this.pending.length < 4) return 0;
    if (this.pending[0] === DOLLAR) return 4 + this.pending.readUInt16BE(2);
    const head = this.pending.indexOf('\r\n\r\n');
    if (head < 0) return 0;
    const length = /^Content-Length: *(\d+)/im.exec(this.pending.toString('latin1', 0, head))?.[1] ?? '0';
    return head + 4 + Number(length);
  }
}
