import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { LIVE_FLAGS, LIVE_HEAD_BYTES, LIVE_KINDS, liveMessage, type LiveKind, type LiveMessage } from '@vr/contracts';
import { until } from '@vr/testing';
import { WebSocket } from 'ws';

export interface HeardMedia {
  kind: LiveKind | undefined;
  key: boolean;
  skipped: boolean;
  id: number;
  startMs: number;
  durationMs: number;
  bytes: Buffer;
}

/** A page's socket, which reads what comes as the contract says. */
export class LiveClient {
  readonly messages: LiveMessage[] = [];
  readonly media: HeardMedia[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.media.push(read(data));
      else this.messages.push(liveMessage.parse(JSON.parse(data.toString())));
    });
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const client = new LiveClient(new WebSocket(`${url.replace(/^http/, 'ws')}/api/live`, { headers }));
    await once(client.socket, 'open');
    return client;
  }

  /** The status of the answer where there is no socket. */
  static async refusal(
    url: string,
    headers: Record<string, string> = {},
    path = '/api/live',
  ): Promise<number | undefined> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, { headers });
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  of<O extends LiveMessage['op']>(op: O): Extract<LiveMessage, { op: O }>[] {
    return this.messages.filter((message): message is Extract<LiveMessage, { op: O }> => message.op === op);
  }

  async when<T>(what: string, condition: () => T | undefined | false): Promise<T> {
    return until(condition, { what, deadlineMs: 10_000 }).catch((error: unknown) => {
      const heard = this.media.map(({ kind, startMs, key }) => ({ kind, startMs, key }));
      throw new Error(`heard ${JSON.stringify(this.messages)} and ${JSON.stringify(heard)}`, { cause: error });
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    const over = once(this.socket, 'close');
    this.socket.close();
    await over;
  }
}

function read(data: Buffer): HeardMedia {
  const kinds = Object.entries(LIVE_KINDS) as [LiveKind, number][];
  const flags = data.readUInt8(1);
  return {
    kind: kinds.find(([, code]) => code === data.readUInt8(0))?.[0],
    key: (flags & LIVE_FLAGS.key) !== 0,
    skipped: (flags & LIVE_FLAGS.skipped) !== 0,
    id: data.readUInt16BE(2),
    startMs: data.readDoubleBE(4),
    durationMs: data.readDoubleBE(12),
    bytes: data.subarray(LIVE_HEAD_BYTES),
  };
}
