import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { openPlainFile } from '@vr/base';

export interface Fingerprint {
  /** Hex. */
  sha256: string;
  sizeBytes: number;
}

export async function hashFile(path: string): Promise<Fingerprint> {
  return hashStream((await openPlainFile(path)).createReadStream());
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
