/**
 * One connection to a camera (RFC 2326, 1.1 and 10.12): requests and their answers by CSeq, interleaved frames beside
 * them. It is closed once, for one reason, and whoever waits for an answer hears it.
 */
import { readSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { CameraAddress } from './camera-address';
import { ConnectionReader } from './connection-reader';
import {
  asRequest,
  asResponse,
  header,
  writeMessage,
  type Fields,
  type RtspMessage,
  type RtspResponse,
} from './message';
import type { ReadingTurns, TurnTaker } from './reading-turns';
import { RtspFault } from './rtsp-fault';

export interface ConnectionOptions {
  timeoutMs: number;
  /** PEM of the authority that signed the camera's certificate. Without it none is checked: cameras sign their own. */
  ca?: string;
  /** Without it data is read as it comes. */
  turns?: ReadingTurns;
}

/** `bytes[from, to)` is one packet. Valid during the call only. */
export type FrameTaker = (channel: number, bytes: Buffer, from: number, to: number) => void;

/** One for all connections: what is read is handed on before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

const MOST_UNSENT_BYTES = 64 * 1024;
/** Then others have their turn. */
const MOST_READS_AT_ONCE = 8;

interface Waiting {
  settle(response: RtspResponse): void;
  fail(fault: RtspFault): void;
}

export class Connection implements TurnTaker {
  private readonly reader = new ConnectionReader({
    frame: (channel, bytes, from, to) => this.takeFrame(channel, bytes, from, to),
    message: (message) => this.answer(message),
  });
  private readonly waiting = new Map<number, Waiting>();
  private sequence = 0;
  private ended: RtspFault | undefined;
  private tellEnd: (fault: RtspFault) => void = () => undefined;
  /** Resolves with why the connection ended. */
  readonly closed = new Promise<RtspFault>((resolve) => (this.tellEnd = resolve));
  private takeFrame: FrameTaker = () => undefined;

  /** When it began, by the clock of the turns. */
  readonly sinceMs: number;
  mostBytes = 0;
  private readonly timeoutMs: number;
  private readonly turns: ReadingTurns | undefined;

  private constructor(
    private readonly socket: Socket,
    { timeoutMs, turns }: ConnectionOptions,
  ) {
    this.timeoutMs = timeoutMs;
    this.turns = turns;
    this.sinceMs = turns?.nowMs ?? 0;
  }

  /** Throws RtspFault `closed` or `silent`. */
  static async open(address: CameraAddress, options: ConnectionOptions): Promise<Connection> {
    const { host, port, tls } = address;
    const socket = tls
      ? connectTls({ host, port, servername: nameFor(host), ...trust(options) })
      : connectTcp({ host, port, onread: readingInto(() => opened) });
    // TLS has read more than it hands over: there, standing still saves nothing.
    const opened: Connection = new Connection(socket, { ...options, turns: tls ? undefined : options.turns });
    if (tls) socket.on('data', (chunk: Buffer) => opened.take(chunk));
    socket.setNoDelay(true);
    socket.on('error', (error: Error) =>
      opened.end(new RtspFault('closed', `the connection to ${host}:${port} broke: ${error.message}`)),
    );
    socket.on('close', () => opened.end(new RtspFault('closed', `${host}:${port} closed the connection`)));
    const timer = setTimeout(
      () => opened.end(new RtspFault('silent', `${host}:${port} took no connection in ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    try {
      await Promise.race([
        new Promise<void>((resolve) => socket.once(tls ? 'secureConnect' : 'connect', resolve)),
        opened.closed.then((fault) => Promise.reject(fault)),
      ]);
    } finally {
      clearTimeout(timer);
    }
    return opened;
  }

  /** Who takes the interleaved frames from now on. */
  onFrame(take: FrameTaker): void {
    this.takeFrame = take;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  get localAddress(): string | undefined {
    return this.socket.localAddress;
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** Sends a request and waits for its answer, of whatever status. Throws RtspFault. */
  request(method: string, url: string, fields: Fields, timeoutMs = this.timeoutMs): Promise<RtspResponse> {
    if (this.ended) return Promise.reject(this.ended);
    const sequence = ++this.sequence;
    const answered = new Promise<RtspResponse>((settle, fail) => this.waiting.set(sequence, { settle, fail }));
    const timer = setTimeout(() => {
      this.waiting.get(sequence)?.fail(new RtspFault('silent', `no answer to ${method} in ${timeoutMs} ms`));
    }, timeoutMs);
    this.socket.write(writeMessage(`${method} ${url} RTSP/1.0`, { CSeq: sequence, ...fields }));
    return answered.finally(() => {
      clearTimeout(timer);
      this.waiting.delete(sequence);
    });
  }

  /** Sends a frame, for receiver reports. What the camera does not take is dropped: it would come too late. */
  sendFrame(channel: number, packet: Buffer): void {
    if (this.ended || this.socket.writableLength > MOST_UNSENT_BYTES) return;
    const head = Buffer.from([0x24, channel, packet.length >> 8, packet.length & 255]);
    this.socket.write(Buffer.concat([head, packet]));
  }

  /**
   * It stood still, and reads again. What lies in the kernel is fetched by one call for each connection. Node would
   * wait for the socket anew each time, and be woken once more by what comes after it was told to stop.
   */
  resume(): void {
    for (let reads = 0; reads < MOST_READS_AT_ONCE; reads++) {
      const sizeBytes = this.readNow();
      if (sizeBytes === undefined) break;
      if (!this.take(READ_BUFFER.subarray(0, sizeBytes))) return;
      if (sizeBytes < this.mostBytes) break;
    }
    this.socket.resume();
  }

  /** Undefined: Node has to look, because it ended or broke, or because we cannot look ourselves. */
  private readNow(): number | undefined {
    const handle: unknown = Reflect.get(this.socket, '_handle');
    const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
    if (typeof fd !== 'number' || fd < 0) return undefined;
    try {
      const sizeBytes = readSync(fd, READ_BUFFER);
      return sizeBytes === 0 ? undefined : sizeBytes;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 0 : undefined;
    }
  }

  /** Ends it at once. The first reason counts. */
  end(fault: RtspFault): void {
    if (this.ended) return;
    this.ended = fault;
    this.turns?.leave(this);
    this.socket.destroy();
    for (const request of this.waiting.values()) request.fail(fault);
    this.tellEnd(fault);
  }

  /** @returns whether it reads on at once */
  take(chunk: Buffer): boolean {
    if (this.ended) return false;
    try {
      this.reader.push(chunk);
    } catch (error) {
      this.end(
        error instanceof RtspFault ? error : new RtspFault('invalid', `what came could not be read: ${String(error)}`),
      );
    }
    return !this.isEnded && (this.turns?.readsOn(this, chunk.length) ?? true);
  }

  private answer(message: RtspMessage): void {
    const response = asResponse(message);
    if (response) {
      const text = header(response, 'cseq');
      // Some cameras answer without a CSeq, or with another spelling: then the answer is to what was asked first.
      const sequence =
        text !== undefined && this.waiting.has(Number(text)) ? Number(text) : this.waiting.keys().next().value;
      if (sequence !== undefined) this.waiting.get(sequence)?.settle(response);
      return;
    }
    const request = asRequest(message);
    if (!request)
      throw new RtspFault('invalid', `wanted an RTSP message, got ${JSON.stringify(message.startLine.slice(0, 80))}`);
    if (this.socket.writableLength > MOST_UNSENT_BYTES)
      throw new RtspFault('invalid', 'wanted a camera that takes our answers, got one that only asks');
    // A camera may ask whether we are there, or send parameters. Nothing that it asks for is refused.
    this.socket.write(
      writeMessage('RTSP/1.0 200 OK', { CSeq: header(request, 'cseq'), Session: header(request, 'session') }),
    );
  }
}

/** Node reads into one buffer and makes no new one for each read. It can do so over TCP alone. */
const readingInto = (connection: () => Connection) => ({
  buffer: READ_BUFFER,
  callback: (sizeBytes: number) => connection().take(READ_BUFFER.subarray(0, sizeBytes)),
});

const trust = ({ ca }: ConnectionOptions) => (ca === undefined ? { rejectUnauthorized: false } : { ca });

/** TLS takes no address for a name. */
const nameFor = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host);
