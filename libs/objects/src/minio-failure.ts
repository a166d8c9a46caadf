import { DeadlineError, errorCode, errorText, isUnknownAuthority, maskSecrets } from '@vr/base';
import { ContractError } from '@vr/contracts';

/** The store answered, and its answer differs from what was sent. */
export class VerificationError extends Error {
  override name = 'VerificationError';
}

const REFUSED_KEYS = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthorizationHeaderMalformed',
  'InvalidToken',
]);
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
const BROKEN_CONNECTION = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
]);
const BUSY = new Set([
  'SlowDown',
  'InternalError',
  'ServiceUnavailable',
  'RequestTimeout',
  'XMinioServerNotInitialized',
  'OperationAborted',
]);
/** The server's own sum over what came differs from ours: bytes changed on the way. */
const CHANGED_ON_THE_WAY = new Set(['XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'BadDigest']);
const FULL = new Set(['XMinioStorageFull', 'StorageFull', 'QuotaExceeded', 'XMinioAdminBucketQuotaExceeded']);

export function isMissing(error: unknown): boolean {
  return ['NotFound', 'NoSuchKey', 'NoSuchBucket'].includes(errorCode(error) ?? '');
}

/** The connection broke before an answer. The server may have had a reason that it could not say. */
export function isBrokenConnection(error: unknown): boolean {
  return (
    BROKEN_CONNECTION.has(errorCode(error) ?? '') ||
    (error instanceof Error && /socket hang up|aborted/.test(error.message))
  );
}

/** minio-js throws its own plain Error for a status 5xx, without the server's code. */
function isBusy(error: unknown): boolean {
  return (
    BUSY.has(errorCode(error) ?? '') || (error instanceof Error && error.message.includes('Retryable HTTP status'))
  );
}

/** Whether another attempt, at once or nearly, may well succeed. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof VerificationError ||
    error instanceof DeadlineError ||
    CHANGED_ON_THE_WAY.has(errorCode(error) ?? '') ||
    UNREACHABLE.has(errorCode(error) ?? '') ||
    isBrokenConnection(error) ||
    isBusy(error)
  );
}

/** The failure in a sentence for outsiders: what was wanted, what came, what to do. */
export function toStorageError(error: unknown, at: { what: string; endpoint: string; bucket: string }): ContractError {
  const said = errorText(error);
  const code = errorCode(error) ?? '';
  const store = `the object store at ${at.endpoint}`;
  const sentence = ((): string => {
    if (error instanceof DeadlineError)
      return `${store} did not answer in time: ${said}. Check its load and the network`;
    if (error instanceof VerificationError)
      return `${store} holds something else than what was sent: ${said}. Check its disks`;
    if (CHANGED_ON_THE_WAY.has(code))
      return `${store} got something else than what was sent (${code}). Check the network and what stands in between`;
    if (UNREACHABLE.has(code)) return `${store} cannot be reached (${code}). Check that it runs, and MINIO_ENDPOINT`;
    if (isUnknownAuthority(error))
      return (
        `${store} has a certificate of an authority that this machine does not know (${code}). Name that ` +
        `authority's file in MINIO_CA`
      );
    if (code.startsWith('CERT_') || code === 'ERR_TLS_CERT_ALTNAME_INVALID')
      return (
        `${store} has a certificate that will not do: ${said} (${code}). Renew it, or call the store by the ` +
        `name that it was made for`
      );
    if (REFUSED_KEYS.has(code))
      return (
        `${store} refused our key (${code}). Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY, and what that ` + `key may do`
      );
    if (code === 'NoSuchBucket')
      return `${store} has no bucket "${at.bucket}". Create it, or let a worker's start do so`;
    if (code === 'RequestTimeTooSkewed')
      return `${store} and this machine disagree about the time by more than 15 minutes. Set this machine's clock`;
    if (FULL.has(code)) return `${store} is full (${code}). Free space there, or shorten the retention`;
    if (isBrokenConnection(error)) return `${store} broke the connection (${code || said}). Check that it runs`;
    if (isBusy(error)) return `${store} is not ready (${code || said}). It should be soon`;
    return `${store} failed: ${code} ${said}`;
  })();
  return new ContractError('storage_unavailable', `${at.what}: ${sentence}.`, {
    cause: new Error(maskSecrets(`${code} ${said}`)),
  });
}
