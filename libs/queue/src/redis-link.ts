import { maskPasswords } from '@vr/contracts';
import type { Health, Logger } from '@vr/service';
import { Redis, type RedisOptions } from 'ioredis';
import { withinDeadline } from './deadline';

const RECONNECT_FIRST_MS = 200;
const RECONNECT_MOST_MS = 2000;
const CONNECT_DEADLINE_MS = 5000;
const COMMAND_DEADLINE_MS = 3000;

/** The worker's way to Redis: tries again for ever, and never lets a caller wait longer than 3 s. */
export class RedisLink {
  /** For producers: a command fails at once while there is no connection, instead of waiting in memory. */
  readonly producer: Redis;
  private readonly clients: Redis[] = [];
  private trouble = 'not connected yet';

  constructor(
    private readonly url: string,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.producer = this.client({ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 });
    this.producer.on('ready', () => {
      this.trouble = '';
      this.logger.info({ url: this.address }, 'connected to Redis');
    });
    this.producer.on('close', () => this.failed('connection lost'));
    this.producer.on('error', (error) => this.failed(error.message));
  }

  /** Where to, without secrets. */
  get address(): string {
    return maskPasswords(this.url);
  }

  /** Why there is no connection; undefined while there is one. */
  get down(): string | undefined {
    return this.producer.status === 'ready' ? undefined : `no connection to ${this.address}: ${this.trouble}`;
  }

  /** For workers: commands wait until Redis is back, because a finished job must be written down. */
  worker(): Redis {
    return this.client({ maxRetriesPerRequest: null });
  }

  /** Runs commands of a producer: rejects after 3 s, whatever happens. */
  run<T>(what: string, commands: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const work = this.ready(over.signal).then(() => {
      over.signal.throwIfAborted();
      return commands();
    });
    return withinDeadline(work, COMMAND_DEADLINE_MS, what)
      .catch((error: unknown) => {
        throw this.producer.status === 'ready' ? error : new Error(`${what}: Redis at ${this.address}: ${this.trouble}`, { cause: error });
      })
      .finally(() => over.abort());
  }

  /** BullMQ loses jobs, and says nothing, in a Redis that evicts keys; one without AOF loses them when it is restarted. */
  async health(): Promise<Health> {
    if (this.down !== undefined) return { state: 'down', sentence: this.down };
    const info = await this.producer.info();
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      return { state: 'degraded', sentence: `jobs may be evicted: maxmemory-policy is ${policy}, set it to noeviction` };
    }
    if (/^aof_enabled:0/m.test(info)) {
      return { state: 'degraded', sentence: 'jobs are lost when Redis restarts: appendonly is no, set it to yes' };
    }
    return { state: 'up', sentence: `connected to ${this.address}` };
  }

  end(): void {
    for (const client of this.clients) client.disconnect();
  }

  private client(options: RedisOptions): Redis {
    const client = new Redis(this.url, {
      connectTimeout: CONNECT_DEADLINE_MS,
      retryStrategy: (times) => Math.min(RECONNECT_MOST_MS, RECONNECT_FIRST_MS * times),
      ...options,
    });
    // Said once, by the producer; without a listener ioredis writes to the console.
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

  private failed(reason: string): void {
    // After an error the socket closes: that says less.
    if (reason === 'connection lost' && this.trouble !== '') return;
    if (reason !== this.trouble) this.logger.warn({ url: this.address, reason }, 'no connection to Redis: trying again for ever');
    this.trouble = reason;
  }
}
