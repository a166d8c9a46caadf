// Where the pages come from that a bench's writers write into.
import { open, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';

const PIECE = Buffer.allocUnsafeSlow(1024 * 1024);

export interface PageSupply {
  /**
   * Again: before each turn of writers that are compared. The first time takes about 2 s a gigabyte of the machine's
   * memory, then much less.
   */
  fill(): Promise<void>;
  /** Lets go of the memory. */
  remove(): Promise<void>;
}

/**
 * Fills the page cache with a file of holes in `folder`, which takes no room on the disk. The next writer then gets its
 * pages from the cache, as on a machine that has recorded for days. A free page is dear on a virtual machine that gives
 * free memory back to its host (free page reporting): its first write waits for the host, seven times as long as the
 * write itself. Without this, chance and the order of two recorders' turns decided which of them pays.
 */
export async function openPageSupply(folder: string): Promise<PageSupply> {
  const path = join(folder, 'page-supply');
  const file = await open(path, 'w+');
  // Somewhat more than there is: the kernel then takes from what was read, and not from what it still had free.
  const sizeBytes = Math.ceil(totalmem() * 1.5);
  await file.truncate(sizeBytes);
  return {
    fill: async () => {
      for (let at = 0; at < sizeBytes; at += PIECE.length) await file.read(PIECE, 0, PIECE.length, at);
    },
    remove: async () => {
      await file.close();
      await rm(path, { force: true });
    },
  };
}
