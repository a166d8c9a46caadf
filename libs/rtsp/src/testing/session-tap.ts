/** Stands between a client and a camera, and keeps what the camera says: a corpus of a real session. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export class SessionTap {
  readonly said: Buffer[] = [];

  private constructor(
    readonly port: number,
    readonly close: () => Promise<void>,
  ) {}

  static async before(camera: { host: string; port: number }): Promise<SessionTap> {
    const server = createServer((client) => {
      const upstream = connect(camera);
      client.pipe(upstream).pipe(client);
      upstream.on('data', (chunk: Buffer) => void tap.said.push(Buffer.from(chunk)));
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const)
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const tap = new SessionTap((server.address() as AddressInfo).port, async () => {
      server.close();
      await once(server, 'close');
    });
    return tap;
  }
}
