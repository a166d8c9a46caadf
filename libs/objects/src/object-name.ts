import { bucketName, ContractError, objectKey } from '@vr/contracts';
import type { z } from 'zod';

/** Throws `invalid_payload` for a name that no bucket may have. */
export function checkBucket(bucket: string): void {
  check(bucketName, bucket);
}

/** Throws `invalid_payload` for a key that no object may have, in either store. */
export function checkKey(key: string): void {
  check(objectKey, key);
}

/** Escapes a key or path for a URL, in the way that S3 signs. */
export function escapeKey(key: string): string {
  return key
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
}

function check(schema: z.ZodType, name: string): void {
  const result = schema.safeParse(name);
  if (!result.success)
    throw new ContractError('invalid_payload', result.error.issues.map(({ message }) => message).join('; '));
}
