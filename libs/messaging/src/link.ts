import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  connect,
  errors,
  headers,
  type MsgHdrs,
  type NatsConnection,
  type NodeConnectionOptions,
  type PermissionViolationError,
} from '@nats-io/transport-node';
import { errorText, isUnknownAuthority, overWithin } from '@vr/base';
import type { Logger } from '@vr/service';
import { addressOf, natsOptions, type NatsConfig } from './nats-options';
import { hasPurgeFault, PURGE_FAULT_ADVICE } from './purge-fault';

const RETRY_MS = 1000;
const LAST_FLUSH_DEADLINE_MS = 1500;

/** A raw connection with the same settings, for tests and tools. Rejects where there is no server. */
export function createClient(
  config: NatsConfig,
  options: Partial<NodeConnectionOptions> = {},
): Promise<NatsConnection> {
  return connect({ ...natsOptions(config), ...options });
}

/** Headers for a message of such a connection. */
export function createHeaders(values: Readonly<Record<string, string>>): MsgHdrs {
  const created = headers();
  for (const [name, value] of Object.entries(values)) created.set(name, value);
  return created;
}

/**
 * The worker's one connection to NATS. It is kept up in the background for as long as the worker lives. When the server
 * is down at start, goes away, or refuses us, the link tries again for ever.
 * - Emits 'up' (connection) on every connect and reconnect.
 * - Emits 'down' when the connection is lost.
 * - Emits 'denied' when the server does not permit what we sent.
 */
export class NatsLink extends EventEmitter<{ up: [NatsConnection]; down: []; denied: [PermissionViolationError] }> {
  private readonly ending = new AbortController();
  private connection: NatsConnection | undefined;
  private connected = false;
  private lastError = '';
  private readonly warnedOf = new Set<string>();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly config: NatsConfig,
    private readonly name: string,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    super({ captureRejections: false });
    this.setMaxListeners(0);
  }

  /** The server's address, without secrets. */
  get address(): string {
    return addressOf(this.config);
  }

  /** The connection while it is up. */
  get up(): NatsConnection | undefined {
    return this.connected ? this.connection : undefined;
  }

  /** Why the connection is not up. */
  get trouble(): string {
    return this.lastError === '' ? 'not connected yet' : this.lastError;
  }

  start(): void {
    this.loop ??= this.keepUp();
  }

  /** Resolves with the connection once it is up. Rejects when the signal aborts or the link ends. */
  async whenUp(signal?: AbortSignal): Promise<NatsConnection> {
    const either = signal ? AbortSignal.any([signal, this.ending.signal]) : this.ending.signal;
    while (!this.up) {
      either.throwIfAborted();
      await once(this, 'up', { signal: either });
    }
    return this.up;
  }

  /** Sends the last messages and closes. */
  async end(): Promise<void> {
    if (this.ending.signal.aborted) return;
    this.ending.abort(new Error('the connection to NATS is ended'));
    const connection = this.connection;
    if (this.up) await overWithin(this.up.flush(), LAST_FLUSH_DEADLINE_MS);
    this.connected = false;
    await connection?.close();
    await this.loop;
  }

  private async keepUp(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        this.connection = await connect({ ...natsOptions(this.config), name: this.name });
        if (this.isEnding()) {
          await this.connection.close();
          return;
        }
        await this.follow(this.connection);
        this.failed((await this.connection.closed()) ?? new Error('connection closed'));
      } catch (error) {
        this.failed(error);
      }
      await wait(RETRY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  /** Follows the connection until it is closed. The client reconnects by itself. */
  private async follow(connection: NatsConnection): Promise<void> {
    const statuses = connection.status();
    this.cameUp(connection);
    for await (const status of statuses) {
      if (status.type === 'reconnect') this.cameUp(connection);
      else if (status.type === 'disconnect') this.failed(new Error('connection lost'));
      else if (status.type === 'error' && status.error instanceof errors.PermissionViolationError)
        this.emit('denied', status.error);
      else if (status.type === 'error') this.logger.warn({ reason: status.error.message }, 'NATS reports an error');
    }
  }

  private cameUp(connection: NatsConnection): void {
    this.connected = true;
    this.lastError = '';
    this.logger.info({ server: connection.getServer() }, 'connected to NATS');
    const version = connection.info?.version ?? '';
    if (hasPurgeFault(version) && !this.warnedOf.has(version))
      this.logger.warn({ version }, `of nats-server ${version} ${PURGE_FAULT_ADVICE}`);
    this.warnedOf.add(version);
    this.emit('up', connection);
  }

  private failed(error: unknown): void {
    const wasUp = this.connected;
    const reason = reasonOf(error);
    this.connected = false;
    if (reason !== this.lastError && !this.isEnding())
      this.logger.warn({ url: this.address, reason }, 'no connection to NATS: trying again for ever');
    this.lastError = reason;
    if (wasUp) this.emit('down');
  }

  private isEnding(): boolean {
    return this.ending.signal.aborted;
  }
}

function reasonOf(error: unknown): string {
  const message = errorText(error);
  return isUnknownAuthority(error)
    ? `its certificate is of an authority that this machine does not know: name its file in NATS_CA (${message})`
    : message;
}
