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
}

/** A real redis-server. */
export async function startRedis(options: RedisOptions = {}): Promise<Server> {
  const { port = await freePort(), appendonly = true, maxmemoryPolicy = 'noeviction', password } = options;
  const dataDir = options.dataDir ?? (await temporaryFolder('redis')).path;
  return startServer({
    name: 'redis-server',
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    command: await needBinary('redis-server'),
    arguments: [
      ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', dataDir, '--save', ''],
      ...['--appendonly', appendonly ? 'yes' : 'no', '--maxmemory-policy', maxmemoryPolicy],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    isReady: (output) => output.includes('Ready to accept connections'),
  });
}
