/** The page's one WebSocket, `/api/live`. It comes back by itself, and asks again for what was watched. */
import { pageClock } from './page-clock';

const HEAD_BYTES = 20;
const KINDS = { 1: 'init', 2: 'fragment', 3: 'still' } as const;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
const SIGNED_OUT = 4401;

export interface LiveMedia {
  kind: 'init' | 'fragment' | 'still';
  startMs: number;
  durationMs: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is said of a watch. */
export type LiveWord =
  | { op: 'watching'; codecs?: string }
  | { op: 'stale'; newestMs?: number; reason?: string }
  | { op: 'stopped'; message: string }
  /** The socket broke; it will be tried again. */
  | { op: 'lost' };

interface Watcher {
  cameraId: string;
  stream: 'auto' | 'main' | 'still';
  codecs: readonly string[];
  onMedia: (media: LiveMedia) => void;
  onWord: (word: LiveWord) => void;
}

export function readMedia(data: ArrayBuffer): { id: number; media: LiveMedia } | undefined {
  if (data.byteLength < HEAD_BYTES) return undefined;
  const head = new DataView(data);
  const code = head.getUint8(0);
  if (code !== 1 && code !== 2 && code !== 3) return undefined;
  const times = { startMs: head.getFloat64(4), durationMs: head.getFloat64(12) };
  return { id: head.getUint16(2), media: { kind: KINDS[code], ...times, bytes: new Uint8Array(data, HEAD_BYTES) } };
}

export function readWord(fields: Record<string, unknown>): LiveWord | undefined {
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const newest = fields['newest_at'];
  switch (fields['op']) {
    case 'watching':
      return { op: 'watching', codecs: text('codecs') };
    case 'stale':
      return {
        op: 'stale',
        newestMs: typeof newest === 'number' ? newest * 1000 : undefined,
        reason: text('reason'),
      };
    case 'stopped':
      return { op: 'stopped', message: text('message') ?? '' };
    default:
      return undefined;
  }
}

class LiveSocket {
  private readonly watchers = new Map<number, Watcher>();
  private socket: WebSocket | undefined;
  private nextId = 0;
  private waitMs = FIRST_WAIT_MS;

  /** @returns what ends the watch */
  watch(watcher: Watcher): () => void {
    const id = this.nextId;
    this.nextId = (this.nextId + 1) % 65_536;
    this.watchers.set(id, watcher);
    if (this.socket === undefined) this.open();
    else this.ask(id, watcher);
    return () => {
      this.watchers.delete(id);
      this.send({ op: 'unwatch', id });
      if (this.watchers.size === 0) this.leave();
    };
  }

  private open(): void {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/live`);
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.waitMs = FIRST_WAIT_MS;
      for (const [id, watcher] of this.watchers) this.ask(id, watcher);
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.heard(data);
    socket.onclose = ({ code }) => {
      this.socket = undefined;
      if (code === SIGNED_OUT) return location.reload();
      for (const watcher of this.watchers.values()) watcher.onWord({ op: 'lost' });
      if (this.watchers.size > 0) setTimeout(() => this.openAgain(), this.waitMs);
      this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2);
    };
  }

  /** Nobody watches any more. Who watches next gets a socket of his own, and hears nothing of this one's end. */
  private leave(): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.socket = undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private openAgain(): void {
    if (this.socket === undefined && this.watchers.size > 0) this.open();
  }

  private heard(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const read = readMedia(data);
      if (read !== undefined) this.watchers.get(read.id)?.onMedia(read.media);
      return;
    }
    const message: unknown = typeof data === 'string' ? JSON.parse(data) : undefined;
    if (typeof message !== 'object' || message === null) return;
    const fields = { ...message } as Record<string, unknown>;
    if (fields['op'] === 'hello' && typeof fields['at'] === 'number') pageClock.heard(fields['at'] * 1000);
    const word = readWord(fields);
    if (word !== undefined && typeof fields['id'] === 'number') this.watchers.get(fields['id'])?.onWord(word);
  }

  private ask(id: number, { cameraId, stream, codecs }: Watcher): void {
    this.send({ op: 'watch', id, camera_id: cameraId, stream, codecs });
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

export const liveSocket = new LiveSocket();
