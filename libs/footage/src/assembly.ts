/** Pieces of several segments as one seekable fragmented MP4: one init, every `tfdt` shifted to one time line. */
import { open, type FileHandle } from 'node:fs/promises';
import { writeBaseDecodeTime } from './fragment-header';
import type { Piece } from './range';
import { fragmentHeader, readBytes } from './segment-index';

/**
 * Writes `pieces` (same init, in order) to `targetPath`, which must not exist. File time 0 is `startMs`. Memory: one fragment.
 */
export async function assemble(pieces: readonly Piece[], targetPath: string): Promise<{ startMs: number; endMs: number }> {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (!first || !last) throw new Error('assemble: wanted at least one piece');
  const target = await open(targetPath, 'wx');
  try {
    await target.write(first.index.init.bytes);
    for (const piece of pieces) {
      if (!piece.index.init.bytes.equals(first.index.init.bytes)) throw new Error('assemble: wanted pieces of one init segment');
      const source = await open(piece.segment.path, 'r');
      try {
        await appendPiece(target, source, piece, first.startMs);
      } finally {
        await source.close();
      }
    }
  } finally {
    await target.close();
  }
  return { startMs: first.startMs, endMs: last.endMs };
}

async function appendPiece(target: FileHandle, source: FileHandle, piece: Piece, zeroMs: number): Promise<void> {
  const shiftMs = piece.segment.startMs - zeroMs;
  for (const { offset, sizeBytes } of piece.fragments) {
    const bytes = await readBytes(source, offset, sizeBytes);
    for (const fragment of fragmentHeader(bytes, piece.index.init)) {
      const { timescale } = fragment.track;
      writeBaseDecodeTime(bytes, fragment, fragment.baseDecodeTime + (shiftMs / 1000) * timescale);
    }
    await target.write(bytes);
  }
}

/** The longest run of neighbours with one init that holds the moment, or else the one nearest to it. */
export function compatibleRun(pieces: readonly Piece[], aroundMs: number): Piece[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0]?.index.init.bytes.equals(piece.index.init.bytes)) run.push(piece);
    else runs.push([piece]);
  }
  const distanceMs = (run: Piece[]): number => {
    const startMs = run[0]?.startMs ?? Infinity;
    const endMs = run.at(-1)?.endMs ?? -Infinity;
    return Math.max(0, startMs - aroundMs, aroundMs - endMs);
  };
  return runs.sort((a, b) => distanceMs(a) - distanceMs(b))[0] ?? [];
}
