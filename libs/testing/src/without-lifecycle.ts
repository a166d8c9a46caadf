// A real S3 server seen through a door that knows nothing of bucket lifecycles, as some servers and gateways do not.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BareObjectServer {
  port: number;
  /** Requests for lifecycle rules that were turned away. */
  readonly refused: number;
  close(): void;
}

const NOT_IMPLEMENTED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NotImplemented</Code>' +
  '<Message>A header you provided implies functionality that is not implemented.</Message></Error>';

/** The Host header, which is signed, passes as it came. */
export async function withoutLifecycle(port: number): Promise<BareObjectServer> {
  let refused = 0;
  const door = createServer((incoming, outgoing) => {
    if (/[?&]lifecycle\b/.test(incoming.url ?? '')) {
      refused += 1;
      incoming.resume();
      outgoing.writeHead(501, { 'Content-Type': 'application/xml' }).end(NOT_IMPLEMENTED);
      return;
    }
    const passed = request(
      { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    port: (door.address() as AddressInfo).port,
    get refused() {
      return refused;
    },
    close: () => {
      door.closeAllConnections();
      door.close();
    },
  };
}
