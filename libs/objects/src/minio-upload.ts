import { openPlainFile } from '@vr/base';
import { ContractError } from '@vr/contracts';
import type { Client } from 'minio';
import { hashStream } from './hash-file';
import { encodeMetadata } from './metadata-text';
import { CHECKSUM_HEADER, checksumOf } from './minio-verification';
import type { PutOptions } from './object-store';

/** S3's limit for one PUT. A clip of the longest allowed length stays far below. */
const SINGLE_PUT_LIMIT_BYTES = 5 * 1024 ** 3;
/** Each chunk costs a turn of the event loop and of the thread pool, whatever its size. */
const SEND_BYTES = 256 * 1024;

/**
 * Sends one PUT, streamed from the file. The file's sha256 goes along as S3's checksum, and over plain HTTP it is
 * signed. The server refuses bytes that changed on the way, and keeps what it computed.
 */
export async function sendFile(
  client: Client,
  bucketName: string,
  objectName: string,
  path: string,
  put: PutOptions,
  useSsl: boolean,
): Promise<void> {
  if (put.sizeBytes > SINGLE_PUT_LIMIT_BYTES)
    throw new ContractError('too_long', `${path} has ${put.sizeBytes} bytes: one object holds at most 5 GiB`);
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    if (size !== put.sizeBytes)
      throw new Error(`${path} has ${size} bytes, wanted ${put.sizeBytes}: it changed after it was measured`);
    const headers = {
      'Content-Length': size,
      'Content-Type': put.contentType,
      [CHECKSUM_HEADER]: checksumOf(put),
      ...Object.fromEntries(
        Object.entries({ ...put.metadata, sha256: put.sha256 }).map(([name, value]) => [
          `x-amz-meta-${name}`,
          encodeMetadata(value),
        ]),
      ),
    };
    const body =
      size === 0 ? '' : file.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: SEND_BYTES });
    // Over TLS minio-js signs UNSIGNED-PAYLOAD and wants no hash.
    const response = await client.makeRequestStreamAsync(
      { method: 'PUT', bucketName, objectName, headers },
      body,
      useSsl ? '' : put.sha256,
      [200],
      '',
    );
    await hashStream(response); // to its end, so that the connection serves again
  } finally {
    await file.close();
  }
}
