// An object store that misbehaves: a proxy in front of a real S3 server, told at any moment what to do with the
// requests that come.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { PassThrough, Transform } from 'node:stream';

/**
 * What becomes of uploads. Other requests (is the bucket there, read it back) pass, so that the upload is what fails.
 * The exception is an object that rots: reading it back gives other bytes.
 */
export type Misdeed =
  /** passed on */
  | 'none'
  /** as a key without the right to write: 403 AccessDenied */
  | 'refuse'
  /** 507, XMinioStorageFull */
  | 'full'
  /** the connection is reset after some of the body */
  | 'reset'
  /** taken, and never answered */
  | 'hang'
  /** passed on at a trickle */
  | 'slow'
  /** answered with 200, and dropped */
  | 'lose'
  /** passed on with one byte changed, as a bad cable or a proxy does */
  | 'corrupt'
  /** passed on; the store keeps no checksum, and gives back other bytes than it got */
  | 'rot';

export interface HostileStore {
  /** 'host:port', as MINIO_ENDPOINT wants it */
  endpoint: string;
  /** How many uploads met each misdeed. */
  readonly met: Map<Misdeed, number>;
  misbehave(misdeed: Misdeed): void;
  stop(): Promise<void>;
}

const RESET_AFTER_BYTES = 20_000;
const TRICKLE_MS = 5;
const S3_ERRORS = {
  refuse: [403, 'AccessDenied'],
  full: [507, 'XMinioStorageFull'],
} as const;

export async function startHostileStore(upstreamPort: number): Promise<HostileStore> {
  let misdeed: Misdeed = 'none';
  const met = new Map<Misdeed, number>();
  const server = createServer((incoming, outgoing) => {
    incoming.on('error', () => outgoing.destroy());
    const isObject = /\.(mp4|jpg)$/.test((incoming.url ?? '').split('?')[0] ?? '');
    const isUpload = isObject && incoming.method === 'PUT';
    const now = isUpload || (isObject && misdeed === 'rot') ? misdeed : 'none';
    if (isUpload) met.set(now, (met.get(now) ?? 0) + 1);
    deeds[now](incoming, outgoing, upstreamPort);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the hostile store has no port');
  return {
    endpoint: `127.0.0.1:${address.port}`,
    met,
    misbehave: (next) => {
      misdeed = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Deed = (incoming: IncomingMessage, outgoing: ServerResponse, upstreamPort: number) => void;

const deeds: Record<Misdeed, Deed> = {
  none: (incoming, outgoing, port) => void incoming.pipe(upstream(incoming, outgoing, port)),
  refuse: (incoming, outgoing) => fail(incoming, outgoing, ...S3_ERRORS.refuse),
  full: (incoming, outgoing) => fail(incoming, outgoing, ...S3_ERRORS.full),
  reset: (incoming) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes >= RESET_AFTER_BYTES) incoming.socket.resetAndDestroy();
    });
    incoming.on('end', () => incoming.socket.resetAndDestroy());
  },
  hang: (incoming) => void incoming.resume(),
  slow: (incoming, outgoing, port) => {
    const onward = upstream(incoming, outgoing, port);
    incoming.on('data', (chunk: Buffer) => {
      incoming.pause();
      onward.write(chunk);
      setTimeout(() => incoming.resume(), TRICKLE_MS);
    });
    incoming.on('end', () => onward.end());
  },
  // Only who looks for it finds out.
  lose: (incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => outgoing.writeHead(200, { etag: '"0"' }).end());
  },
  corrupt: (incoming, outgoing, port) => void incoming.pipe(changeOneByte()).pipe(upstream(incoming, outgoing, port)),
  rot: (incoming, outgoing, port) => {
    const isRead = incoming.method === 'GET';
    incoming.pipe(
      upstream(incoming, outgoing, port, { keepsChecksums: false, ...(isRead && { through: changeOneByte() }) }),
    );
  },
};

function changeOneByte(): Transform {
  let changed = false;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const passed = Buffer.from(chunk);
      const middle = passed.length >> 1;
      if (!changed && passed.length > 0) passed[middle] = (passed[middle] ?? 0) ^ 1;
      changed = true;
      done(null, passed);
    },
  });
}

function upstream(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  { keepsChecksums = true, through = new PassThrough() }: { keepsChecksums?: boolean; through?: Transform } = {},
): ReturnType<typeof request> {
  const { method, url, headers } = incoming;
  // The signature covers the host that the client wrote: it stays.
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    const kept = Object.entries(answer.headers).filter(
      ([name]) => keepsChecksums || !name.startsWith('x-amz-checksum'),
    );
    outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
    answer.pipe(through).pipe(outgoing);
  });
  return onward.on('error', () => outgoing.destroy());
}

function fail(incoming: IncomingMessage, outgoing: ServerResponse, status: number, code: string): void {
  incoming.resume();
  incoming.on('end', () => {
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  });
}
