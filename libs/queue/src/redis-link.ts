import { EventEmitter } from 'node:events';
import { encodedUrl, errorText, isUnknownAuthority, splitUrl, withinDeadline } from '@vr/base';
import type { Health, Logger } from '@vr/service';
import type { Redis, RedisOptions } from 'ioredis';
import { Permissions } from './permissions';
import { RedisClient } from './redis-client';
import { evictedKeys, redisHealth } from './redis-health';

const RECONNECT_FIRST_MS = 200;
const RECONNECT_MOST_MS = 2000;
const CONNECT_DEADLINE_MS = 5000;
const COMMAND_DEADLINE_MS = 3000;
const EVICTION_LOOK_MS = 10_000;

export interface RedisConfig {
  REDIS_URL: string;
  /** The certificate (PEM) of the authority that vouches for the server. With it, only TLS is accepted. */
  REDIS_CA?: string;
}

/**
 * The worker's way to Redis. It tries again for ever, and never lets a caller wait longer than 3 s. It emits 'lost'
 * when Redis is there (again), or has thrown keys away: Redis may then lack what it held.
 */
export class RedisLink extends EventEmitter<{ lost: [] }> {
  /** For producers: a command fails at once while there is no connection, instead of waiting in memory. */
  readonly producer: Redis;
  private readonly permissions = new Permissions();
  private readonly clients: Redis[] = [];
  private readonly evictions: NodeJS.Timeout;
  private evicted: number | undefined;
  private isEvicting = false;
  private trouble = 'not connected yet';

  constructor(
    private readonly config: RedisConfig,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    super();
    this.producer = this.client({
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    this.producer.on('ready', () => {
      this.trouble = '';
      this.logger.info({ url: this.address }, 'connected to Redis');
      this.evicted = undefined;
      void this.lookForEvictions();
      this.emit('lost');
    });
    this.producer.on('close', () => this.failed());
    this.producer.on('error', (error) => this.failed(error));
    this.evictions = setInterval(() => void this.lookForEvictions(), EVICTION_LOOK_MS).unref();
  }

  /** The server's address, without secrets. */
  get address(): string {
    const { scheme, address } = splitUrl(this.config.REDIS_URL);
    return `${scheme}${address.split(/[/?#]/)[0] ?? ''}`;
  }

  /** Why there is no connection. It is undefined while there is one. */
  get down(): string | undefined {
    return this.producer.status === 'ready' ? undefined : `no connection to ${this.address}: ${this.trouble}`;
  }

  /** For workers: commands wait until Redis is back, because a finished job must be written down. */
  worker(): Redis {
    return this.client({ maxRetriesPerRequest: null });
  }

  /** Runs a producer's commands. Rejects after 3 s, whatever happens. */
  run<T>(what: string, commands: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const work = this.ready(over.signal).then(() => {
      over.signal.throwIfAborted();
      return commands();
    });
    return withinDeadline(work, COMMAND_DEADLINE_MS, what)
      .catch((error: unknown) => {
        throw this.producer.status === 'ready'
          ? error
          : new Error(`${what}: Redis at ${this.address}: ${this.trouble}`, { cause: error });
      })
      .finally(() => over.abort());
  }

  async health(): Promise<Health> {
    // ioredis has the status 'connect' while it waits for a Redis that loads its data.
    if (this.producer.status !== 'connect' && this.down !== undefined) return { state: 'down', sentence: this.down };
    const health = await redisHealth(this.producer, this.address);
    const { trouble } = this.permissions;
    return health.state === 'up' && trouble !== undefined ? { state: 'degraded', sentence: trouble } : health;
  }

  end(): void {
    clearInterval(this.evictions);
    for (const client of this.clients) client.disconnect();
  }

  private client(options: Omit<RedisOptions, 'replyMapping'>): Redis {
    const { REDIS_URL: url, REDIS_CA: ca } = this.config;
    const client = new RedisClient(encodedUrl(url), {
      connectTimeout: CONNECT_DEADLINE_MS,
      ...(ca !== undefined && { tls: { ca } }),
      retryStrategy: (times) => Math.min(RECONNECT_MOST_MS, RECONNECT_FIRST_MS * times),
      ...options,
    });
    client.permissions = this.permissions;
    // The producer reports this once. Without a listener ioredis writes to the console.
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  private ready(signal: AbortSignal): Promise<void> {
    if (this.producer.status === 'ready') return Promise.resolve();
    return new Promise((resolve) => {
      const onReady = (): void => resolve();
      this.producer.once('ready', onReady);
      signal.addEventListener('abort', () => this.producer.off('ready', onReady), { once: true });
    });
  }

  private failed(error?: Error): void {
    // After an error the socket closes, which says less than the error.
    if (error === undefined && this.trouble !== '') return;
    const reason = error === undefined ? 'connection lost' : reasonOf(error);
    if (reason !== this.trouble)
      this.logger.warn({ url: this.address, reason }, 'no connection to Redis: trying again for ever');
    this.trouble = reason;
  }

  /** Redis announces no evictions, but it counts evicted keys. So we ask for the count. */
  private async lookForEvictions(): Promise<void> {
    if (this.producer.status !== 'ready') return;
    const before = this.evicted;
    this.evicted = await this.producer.info('stats').then(evictedKeys, () => undefined);
    const wasEvicting = this.isEvicting;
    this.isEvicting = before !== undefined && this.evicted !== undefined && this.evicted > before;
    if (!this.isEvicting) return;
    if (!wasEvicting)
      this.logger.warn(
        { url: this.address },
        'Redis evicts keys, and may have lost jobs: unfinished ones are put back',
      );
    this.emit('lost');
  }
}

function reasonOf(error: Error): string {
  return isUnknownAuthority(error)
    ? `its certificate is of an authority that this machine does not know: name its file in REDIS_CA (${error.message})`
    : errorText(error);
}
