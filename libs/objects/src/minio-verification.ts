/**
 * Compares what the store holds with what was sent. A server that keeps S3 checksums (Amazon, MinIO, newer radosgw)
 * computed the sha256 of the bytes that it took, and refused them where it differed from ours. It tells that sum for
 * one HEAD. With any other server we read the object back and hash it, as long as that takes.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Client } from 'minio';
import { hashStream, type Fingerprint } from './hash-file';
import { isMissing, VerificationError } from './minio-failure';

export const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

/** The sum as S3 writes it: base64. */
export function checksumOf({ sha256 }: Pick<Fingerprint, 'sha256'>): string {
  return Buffer.from(sha256, 'hex').toString('base64');
}

/** Throws VerificationError unless the store holds these very bytes. */
export async function verifyObject(
  client: Client,
  bucketName: string,
  objectName: string,
  sent: Fingerprint,
): Promise<void> {
  const headers = await headOf(client, bucketName, objectName);
  const wanted = `wanted ${sent.sizeBytes} bytes with sha256 ${sent.sha256}`;
  if (headers === undefined) throw new VerificationError(`${wanted}, found no such object`);
  if (Number(headers['content-length']) !== sent.sizeBytes)
    throw new VerificationError(`${wanted}, found ${headers['content-length'] ?? 'no'} bytes`);
  const kept = headers[CHECKSUM_HEADER]?.toString();
  if (kept === checksumOf(sent)) return;
  if (kept !== undefined) throw new VerificationError(`${wanted}, the store computed ${kept} (base64)`);
  const stored = await hashStream(await client.getObject(bucketName, objectName));
  if (stored.sizeBytes !== sent.sizeBytes || stored.sha256 !== sent.sha256) {
    throw new VerificationError(`${wanted}, read back ${stored.sizeBytes} bytes with ${stored.sha256}`);
  }
}

async function headOf(
  client: Client,
  bucketName: string,
  objectName: string,
): Promise<IncomingHttpHeaders | undefined> {
  try {
    const { headers } = await client.makeRequestAsync({
      method: 'HEAD',
      bucketName,
      objectName,
      headers: { 'x-amz-checksum-mode': 'ENABLED' },
    });
    return headers;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
