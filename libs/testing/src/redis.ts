import { needBinary } from './binaries';
import { temporaryFolder } from './folders';
import { freePort } from './ports';
import { startServer, type Server } from './server';

export interface RedisOptions {
  port?: number;
  /** default: a temporary folder */
  dataDir?: string;
  /** default true: what was acknowledged survives a kill */
  appendonly?: boolean;
  /** default 'noeviction', as BullMQ needs it */
  maxmemoryPolicy?: 'noeviction' | 'allkeys-lru' | 'volatile-lru';
  password?: string;
  /** Further words of the command line: '--maxmemory', '3mb'. */
  more?: readonly string[];
  /** Only TLS, with these files (PEM). */
  tls?: { certificatePath: string; keyPath: string };
}

/** A real redis-server. */
export async function startRedis(options: RedisOptions = {}): Promise<Server> {
  const {
    port = await freePort(),
    appendonly = true,
    maxmemoryPolicy = 'noeviction',
    password,
    more = [],
    tls,
  } = options;
  const dataDir = options.dataDir ?? (await temporaryFolder('redis')).path;
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return startServer({
    name: 'redis-server',
    url: `${tls ? 'rediss' : 'redis'}://${credentials}127.0.0.1:${port}`,
    port,
    command: await needBinary('redis-server'),
    arguments: [
      ...['--bind', '127.0.0.1', '--dir', dataDir, '--save', ''],
      ...(tls
        ? [
            '--port',
            '0',
            '--tls-port',
            `${port}`,
            '--tls-cert-file',
            tls.certificatePath,
            '--tls-key-file',
            tls.keyPath,
            '--tls-auth-clients',
            'no',
          ]
        : ['--port', `${port}`]),
      ...['--appendonly', appendonly ? 'yes' : 'no', '--maxmemory-policy', maxmemoryPolicy],
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...more,
    ],
    isReady: (output) => output.includes('Ready to accept connections'),
  });
}
