import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

export interface Fingerprint {
  /** Hex. */
  sha256: string;
  sizeBytes: number;
}

export async function hashFile(path: string): Promise<Fingerprint> {
  return hashStream(createReadStream(path));
}

export async function hashStream(stream: Readable): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
