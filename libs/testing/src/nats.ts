import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  /** What a configuration file holds beside the above: users, TLS, leaf nodes, mappings. */
  configuration?: string;
  /** The same as a file of the test's own, which may change: SIGHUP makes the server read it again. */
  configurationPath?: string;
}

/** A real nats-server. */
export async function startNats(options: NatsOptions = {}): Promise<Server> {
  const { jetstream = true, port = await freePort(), user, password, token } = options;
  const credentials = [
    ...(user === undefined ? [] : ['--user', user, '--pass', password ?? '']),
    ...(token === undefined ? [] : ['--auth', token]),
  ];
  const storage = jetstream
    ? ['--jetstream', '--store_dir', options.dataDir ?? (await temporaryFolder('nats')).path]
    : [];
  return startServer({
    name: 'nats-server',
    url: `nats://127.0.0.1:${port}`,
    port,
    command: await needBinary('nats-server'),
    arguments: ['--addr', '127.0.0.1', '--port', `${port}`, ...storage, ...credentials, ...(await configured(options))],
    isReady: (output) => output.includes('Server is ready'),
  });
}

async function configured({ configuration, configurationPath }: NatsOptions): Promise<string[]> {
  if (configurationPath !== undefined) return ['--config', configurationPath];
  if (configuration === undefined) return [];
  const path = join((await temporaryFolder('nats-configuration')).path, 'nats.conf');
  await writeFile(path, configuration);
  return ['--config', path];
}
