/** An RTSP server that answers as it is told: what odd and hostile cameras do, one trait at a time. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ConnectionReader } from '../connection-reader';
import { asRequest, header, type RtspRequest } from '../message';

export interface Answer {
  status?: number;
  fields?: Readonly<Record<string, string>>;
  body?: string;
  /** Bytes that are sent instead of an answer. */
  raw?: Buffer | string;
  /** Bytes that are sent before it, and after it. */
  before?: Buffer;
  after?: Buffer;
  /** No CSeq in the answer. */
  withoutSequence?: boolean;
  silent?: boolean;
  /** From then on it reads nothing more. */
  thenDeaf?: boolean;
}

export type Trait = (request: RtspRequest, asked: readonly RtspRequest[]) => Answer | undefined;

export const DESCRIPTION = [
  ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=x', 't=0 0', 'a=control:*'],
  ...['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:track1', ''],
].join('\r\n');

const USUAL: Readonly<Record<string, Answer>> = {
  OPTIONS: { fields: { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' } },
  DESCRIBE: { fields: { 'Content-Type': 'application/sdp' }, body: DESCRIPTION },
  SETUP: { fields: { Session: 'abc;timeout=60', Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' } },
  PLAY: { fields: { Session: 'abc' } },
};

export class ScriptedCamera {
  readonly asked: RtspRequest[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly trait: Trait,
  ) {
    server.on('connection', (socket) => this.serve(socket));
  }

  static async start(trait: Trait = () => undefined): Promise<ScriptedCamera> {
    const server = createServer();
    const camera = new ScriptedCamera(server, trait);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return camera;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(credentials = ''): string {
    return `rtsp://${credentials}127.0.0.1:${this.port}/live`;
  }

  /** To all who are connected. */
  send(bytes: Buffer | string): void {
    for (const socket of this.sockets) socket.write(bytes);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const reader = new ConnectionReader({
      frame: () => undefined,
      message: (message) => {
        const request = asRequest(message);
        if (!request) return;
        this.asked.push(request);
        this.answer(socket, request, { ...USUAL[request.method], ...this.trait(request, this.asked) });
      },
    });
    socket.on('data', (chunk) => reader.push(chunk));
  }

  private answer(socket: Socket, request: RtspRequest, answer: Answer): void {
    if (answer.silent) return;
    if (answer.before) socket.write(answer.before);
    if (answer.raw !== undefined) {
      socket.write(answer.raw);
      return;
    }
    const { status = 200, fields = {}, body = '' } = answer;
    const all = {
      ...(answer.withoutSequence ? {} : { CSeq: header(request, 'cseq') ?? '' }),
      ...fields,
      ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`RTSP/1.0 ${status} Because\r\n${lines.join('')}\r\n${body}`);
    if (answer.after) socket.write(answer.after);
    if (answer.thenDeaf) socket.pause();
  }
}
