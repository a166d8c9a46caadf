import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { openPlainFile } from '@vr/base';
import type { PutOptions } from './object-store';

/** Copies a file to a new one and syncs it to the disk. Throws where it differs from what the caller measured. */
export async function copyVerified(from: string, to: string, put: PutOptions, signal?: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const target = await open(to, 'wx', 0o640);
  try {
    for await (const chunk of (await openPlainFile(from)).createReadStream({ signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await target.writeFile(chunk);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  if (sizeBytes !== put.sizeBytes || hash.digest('hex') !== put.sha256) {
    throw new Error(
      `${from} is not what was ` +
        `measured: wanted ${put.sizeBytes} bytes with sha256 ${put.sha256}, it has ${sizeBytes} bytes`,
    );
  }
}
