/** Writes a clip to a file of its own. It reads its media once and writes it once. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { clipBytes } from './clip-bytes';
import { layOutClip, type ClipFacts } from './clip-layout';
import { clipPiece } from './clip-pieces';
import type { ClipTexts } from '@vr/mp4';
import type { Piece } from '../read/range';

export type { ClipTexts } from '@vr/mp4';

export interface WrittenClip extends ClipFacts {
  /** Hex. */
  sha256: string;
}

const READ_BYTES = 1 << 20;

/**
 * Writes the frames of `pieces` in `[startMs, endMs)` to `targetPath`, which must not exist. The pieces have one set-up
 * and are in order.
 */
export async function writeClip(
  pieces: readonly Piece[],
  startMs: number,
  endMs: number,
  targetPath: string,
  texts: ClipTexts,
  signal?: AbortSignal,
): Promise<WrittenClip> {
  const layout = await layOutClip(pieces.map(clipPiece), startMs, endMs, texts);
  const hash = createHash('sha256');
  const target = await open(targetPath, 'wx');
  try {
    for await (const bytes of clipBytes(layout, { buffer: Buffer.allocUnsafe(READ_BYTES) })) {
      signal?.throwIfAborted();
      hash.update(bytes);
      await target.writeFile(bytes);
    }
  } finally {
    await target.close();
  }
  return { ...layout.facts, sha256: hash.digest('hex') };
}
