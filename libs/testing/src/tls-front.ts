import { readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Authority } from './authority';

export interface TlsFront {
  port: number;
  stop(): Promise<void>;
}

/** TLS in front of a server of 127.0.0.1 that speaks none, as a reverse proxy does it: bytes pass unchanged. */
export async function startTlsFront({
  to,
  authority,
  port = 0,
}: {
  to: number;
  authority: Authority;
  port?: number;
}): Promise<TlsFront> {
  const [cert, key] = await Promise.all([readFile(authority.certificatePath), readFile(authority.keyPath)]);
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key }, (secured) => {
    const upstream = connect(to, '127.0.0.1');
    for (const socket of [secured, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          secured.destroy();
          upstream.destroy();
        });
    }
    secured.pipe(upstream).pipe(secured);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
