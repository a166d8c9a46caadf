/** Names in the object store. The local store makes files of them, so a key is a path of plain names. */
import { z } from 'zod';
import { shownValue } from './payload';

/**
 * S3's rules (docs.aws.amazon.com, "General purpose bucket naming rules"); MinIO also wants each part between dots to
 * be a name of its own.
 */
const BUCKET = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;
/** S3's limit, in bytes of UTF-8. */
const KEY_LIMIT_BYTES = 1024;
/** Linux limits a file name to 255 bytes, and the local store adds an ending. */
const SEGMENT_LIMIT_BYTES = 240;
const CONTROL_OR_BACKSLASH = /[\\\p{Cc}]/u;
const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

const isBucket = (name: string): boolean => BUCKET.test(name) && !IP_ADDRESS.test(name) && !RESERVED.test(name);
export const bucketName = z.string().refine(isBucket, {
  error: ({ input }) =>
    `wanted a bucket by S3's rules: 3 to 63 lower-case letters, digits, - and single dots, a letter or digit at ` +
    `both ends, no IP address; got ${shownValue(input)}`,
});

/**
 * The keys that both stores take. Each segment is a plain file name, so that no key can lead out of a folder. None
 * begins with a dot, because the local store gives such names to its own files.
 */
export const objectKey = z
  .string()
  .refine(isKey, { error: ({ input }) => `wanted a key of plain names between slashes, got ${shownValue(input)}` })
  .brand<'ObjectKey'>();
export type ObjectKey = z.output<typeof objectKey>;

function isKey(key: string): boolean {
  const isName = (segment: string): boolean =>
    segment !== '' && !segment.startsWith('.') && bytesOf(segment) <= SEGMENT_LIMIT_BYTES;
  return bytesOf(key) <= KEY_LIMIT_BYTES && !CONTROL_OR_BACKSLASH.test(key) && key.split('/').every(isName);
}
