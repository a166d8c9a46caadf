import { bucketName, ContractError, objectKey } from '@vr/contracts';
import type { z } from 'zod';

/** Throws `invalid_payload` for what no bucket may be called. */
export function checkBucket(bucket: string): void {
  check(bucketName, bucket);
}

/** Throws `invalid_payload` for what no object may be called, in either store. */
export function checkKey(key: string): void {
  check(objectKey, key);
}

/** A key or path as it stands in a URL, in the escaping that S3 signs. */
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
