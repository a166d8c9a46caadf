import { connect } from 'node:net';
import { needBinary } from './binaries';
import { temporaryFolder } from './folders';
import { freePort } from './ports';
import { startServer, type Server } from './server';

export interface NatsOptions {
  /** default true */
  jetstream?: boolean;
  port?: number;
  /** JetStream's files; default: a temporary folder */
  dataDir?: string;
  user?: string;
  password?: string;
  token?: string;
}

/** A real nats-server. */
export async function startNats(options: NatsOptions = {}): Promise<Server> {
  const { jetstream = true, port = await freePort(), user, password, token } = options;
  const credentials = [...(user === undefined ? [] : ['--user', user, '--pass', password ?? '']), ...(token === undefined ? [] : ['--auth', token])];
  const storage = jetstream ? ['--jetstream', '--store_dir', options.dataDir ?? (await temporaryFolder('nats')).path] : [];
  return startServer({
    name: 'nats-server',
    url: `nats://127.0.0.1:${port}`,
    port,
    command: await needBinary('nats-server'),
    arguments: ['--addr', '127.0.0.1', '--port', `${port}`, ...storage, ...credentials],
    isReady: () => firstBytes(port, '').then((text) => text.startsWith('INFO')),
  });
}

/** What a server says first, or in answer to `question`. */
export function firstBytes(port: number, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => question && socket.write(question));
    socket.setTimeout(1000, () => socket.destroy(new Error(`port ${port} is silent`)));
    socket.once('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString('latin1'));
      socket.destroy();
    });
    socket.once('close', () => reject(new Error(`port ${port} closed without a word`)));
  });
}
