// A network whose delay changes from moment to moment. It loses nothing and keeps the order: TCP makes this of a bad
// radio link.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { seededRandom } from './random';

export interface JitteryLinkOptions {
  targetPort: number;
  seed: number;
  maxDelayMs: number;
}

export interface JitteryLink {
  port: number;
  /** of what has gone through so far: the delay of each chunk as it was really handed on */
  readonly delaysMs: number[];
  stop(): Promise<void>;
}

/**
 * The delay is drawn anew, from 0 to `maxDelayMs`, after 40 to 400 ms. If each chunk had its own, order alone would
 * make all of them late: a chunk waits for the slowest of those before it, and the slowest of many is nearly always at
 * the maximum.
 */
const SHORTEST_MOOD_MS = 40;
const LONGEST_MOOD_MS = 400;

/**
 * Listens on a free port of 127.0.0.1. What the target sends is late by 0 to `maxDelayMs`; what is sent to it goes at
 * once.
 */
export async function startJitteryLink(o: JitteryLinkOptions): Promise<JitteryLink> {
  const random = seededRandom(o.seed);
  const sockets = new Set<Socket>();
  const delaysMs: number[] = [];
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const target = connect(o.targetPort, '127.0.0.1');
    keep(client);
    keep(target);
    const late = new LateStream(o.maxDelayMs, random, (chunk, delayMs) => {
      delaysMs.push(delayMs);
      client.write(chunk);
    });
    client.pipe(target);
    target.on('data', (chunk) => late.push(chunk));
    // A side that goes takes the other along; what is under way is lost with it, as on a cable.
    for (const socket of [client, target]) {
      socket.on('error', () => undefined); // its 'close' follows
      socket.once('close', () => {
        late.stop();
        client.destroy();
        target.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    delaysMs,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Hands chunks on in their order, each after the delay of the moment at which it came. */
class LateStream {
  private readonly waiting: { chunk: Buffer; arrivedAt: number; dueAt: number }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private delayMs = 0;
  private moodEndsAt = 0;

  constructor(
    private readonly maxDelayMs: number,
    private readonly random: () => number,
    private readonly handOn: (chunk: Buffer, delayMs: number) => void,
  ) {}

  push(chunk: Buffer): void {
    const arrivedAt = performance.now();
    if (arrivedAt >= this.moodEndsAt) {
      this.delayMs = this.random() * this.maxDelayMs;
      this.moodEndsAt = arrivedAt + SHORTEST_MOOD_MS + this.random() * (LONGEST_MOOD_MS - SHORTEST_MOOD_MS);
    }
    this.waiting.push({ chunk, arrivedAt, dueAt: arrivedAt + this.delayMs });
    this.timer ??= this.wake();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private wake(): NodeJS.Timeout | undefined {
    const next = this.waiting[0];
    return next && setTimeout(() => this.release(), Math.max(0, next.dueAt - performance.now()));
  }

  private release(): void {
    const now = performance.now();
    for (let next = this.waiting[0]; next && next.dueAt <= now; next = this.waiting[0]) {
      this.waiting.shift();
      this.handOn(next.chunk, now - next.arrivedAt);
    }
    this.timer = this.wake();
  }
}
