import { ContractError } from '@vr/contracts';

const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
/** S3's limit, in bytes of UTF-8. */
const KEY_LIMIT_BYTES = 1024;
/** A file name's limit on Linux, in bytes. */
const SEGMENT_LIMIT_BYTES = 240;

export function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) {
    throw new ContractError('invalid_payload', `wanted a bucket of 3 to 63 lower-case letters, digits and -, got ${shown(bucket)}`);
  }
}

/**
 * The keys that both stores take: each segment is a plain file name, so that a key can never lead out of a folder,
 * and none begins with a dot, because the local store keeps its own files under such names.
 */
export function checkKey(key: string): void {
  const segments = key.split('/');
  const sound =
    Buffer.byteLength(key) <= KEY_LIMIT_BYTES &&
    !/[\\\p{Cc}]/u.test(key) &&
    segments.every((segment) => segment !== '' && !segment.startsWith('.') && Buffer.byteLength(segment) <= SEGMENT_LIMIT_BYTES);
  if (!sound) throw new ContractError('invalid_payload', `wanted a key of plain names between slashes, got ${shown(key)}`);
}

/** A key or path as it stands in a URL, in the escaping that S3 signs. */
export function escapeKey(key: string): string {
  return key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/');
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 120));
}
