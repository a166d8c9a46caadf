/**
 * What minio-js 8.0.7 lacks: a deadline, an end by AbortSignal that really closes the socket, and retries of a broken
 * connection. Each attempt has a small client of its own, because the signal travels in its transport. All attempts
 * share the connections of one agent.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { backOffMs, DeadlineError, knownSecrets } from '@vr/base';
import { ContractError } from '@vr/contracts';
import { Client } from 'minio';
import { isPassing, toStorageError } from './minio-failure';

export interface MinioAccess {
  host: string;
  port: number;
  useSsl: boolean;
  accessKey: string;
  secretKey: string;
  region: string;
  /** The certificate (PEM) of the authority that vouches for the server. */
  ca?: string;
}

export interface Operation {
  /** The first words of the error, as in "upload of clips/cam_1/a.mp4". */
  what: string;
  bucket: string;
  /** The deadline of one attempt. */
  deadlineMs?: number;
  /** The longest time without one byte either way. */
  idleMs?: number;
  attempts?: number;
  signal?: AbortSignal;
}

const DEADLINE_MS = 15_000;
const IDLE_MS = 15_000;
const ATTEMPTS = 3;
/** The spread keeps workers that lost the same server from coming back together. */
const PAUSES = { firstMs: 250, mostMs: 1000, spread: 0.4 };

export function minioClient(
  access: MinioAccess,
  more: { transport?: Pick<typeof http, 'request'>; transportAgent?: http.Agent } = {},
): Client {
  return new Client({
    endPoint: access.host,
    port: access.port,
    useSSL: access.useSsl,
    accessKey: access.accessKey,
    secretKey: access.secretKey,
    region: access.region,
    pathStyle: true,
    retryOptions: { disableRetry: true },
    ...more,
  });
}

export class MinioSession {
  private readonly agent: http.Agent;
  readonly endpoint: string;

  constructor(private readonly access: MinioAccess) {
    this.agent = access.useSsl
      ? new https.Agent({ keepAlive: true, ca: access.ca })
      : new http.Agent({ keepAlive: true });
    this.endpoint = `${access.host}:${access.port}`;
    for (const secret of [access.secretKey, access.accessKey]) knownSecrets.add(secret);
  }

  /** Tries until it works, fails for good, or was tried often enough. Failures come out as `storage_unavailable`. */
  async run<T>(operation: Operation, work: (client: Client) => Promise<T>): Promise<T> {
    const attempts = operation.attempts ?? ATTEMPTS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(operation, work);
      } catch (error) {
        operation.signal?.throwIfAborted();
        if (attempt < attempts && isPassing(error)) {
          await pause(backOffMs(attempt, PAUSES), undefined, { signal: operation.signal });
          continue;
        }
        throw this.explain(error, operation);
      }
    }
  }

  explain(error: unknown, { what, bucket }: Pick<Operation, 'what' | 'bucket'>): Error {
    if (error instanceof ContractError) return error;
    return toStorageError(error, { what, bucket, endpoint: this.endpoint });
  }

  close(): void {
    this.agent.destroy();
  }

  private async attempt<T>(operation: Operation, work: (client: Client) => Promise<T>): Promise<T> {
    const { deadlineMs = DEADLINE_MS, idleMs = IDLE_MS, signal } = operation;
    signal?.throwIfAborted();
    const controller = new AbortController();
    const ended = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    const endEarly = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', endEarly);
    const timer = setTimeout(() => controller.abort(new DeadlineError(`no end within ${deadlineMs} ms`)), deadlineMs);
    try {
      return await Promise.race([
        work(
          minioClient(this.access, {
            transport: this.transport(controller.signal, idleMs),
            transportAgent: this.agent,
          }),
        ),
        ended,
      ]);
    } catch (error) {
      controller.abort(error); // closes what is half done
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', endEarly);
    }
  }

  private transport(signal: AbortSignal, idleMs: number): Pick<typeof http, 'request'> {
    const request = (
      options: http.RequestOptions,
      onResponse: (response: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      const started = (this.access.useSsl ? https : http).request({ ...options, signal, timeout: idleMs }, onResponse);
      return started.on('timeout', () => started.destroy(new DeadlineError(`not one byte for ${idleMs} ms`)));
    };
    return { request: request as typeof http.request }; // minio-js knows the form (options, callback) only
  }
}
