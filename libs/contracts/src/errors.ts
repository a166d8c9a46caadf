import { maskSecrets } from '@vr/base';

/**
 * The closed list of error codes that outsiders see: in replies, in `*.failed` messages, in metric labels, over HTTP.
 */
export const ERROR_CODES = [
  'invalid_payload',
  'unauthorized',
  'forbidden',
  'not_found',
  'unknown_camera',
  'no_footage',
  'footage_expired',
  'conflict',
  'camera_offline',
  'too_long',
  'too_many_requests',
  'storage_unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ContractErrorOptions extends ErrorOptions {
  /** The first field at fault, where a field is at fault. */
  field?: string;
  /** When the same request may succeed. */
  retryAfterMs?: number;
}

/**
 * An error whose code and message outsiders may see. The message says what was wanted, what came and what to do.
 * Secrets in it are masked.
 */
export class ContractError extends Error {
  readonly field?: string;
  readonly retryAfterMs?: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ContractErrorOptions = {},
  ) {
    super(maskSecrets(message), options);
    this.name = 'ContractError';
    if (options.field !== undefined) this.field = options.field;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** The worker has no room for the request now, whoever asks. HTTP answers it with 503. Who asks too often gets 429. */
export class BusyError extends ContractError {
  constructor(message: string, retryAfterMs: number) {
    super('too_many_requests', message, { retryAfterMs });
  }
}

export interface ErrorBody {
  code: ErrorCode;
  message: string;
  field?: string;
  /** Whole seconds, from 1 up. */
  retry_after_seconds?: number;
}

/**
 * What outsiders see of an error. Any error but a ContractError shows as `internal`, and only our logs have its
 * details.
 */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof ContractError) {
    const { code, message, field, retryAfterMs } = error;
    const retry = retryAfterMs !== undefined && { retry_after_seconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
    return { code, message, ...(field !== undefined && { field }), ...retry };
  }
  return { code: 'internal', message: 'The request failed inside the recorder; its log has the reason.' };
}
