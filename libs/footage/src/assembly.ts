/** Pieces that can stand in one file without encoding: neighbours of one init segment. */
import type { Piece } from './range';

/** The longest run of neighbours with one init that holds the moment, or else the one nearest to it. */
export function compatibleRun(pieces: readonly Piece[], aroundMs: number): Piece[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0]?.index.init.setUp.equals(piece.index.init.setUp)) run.push(piece);
    else runs.push([piece]);
  }
  const distanceMs = (run: Piece[]): number => {
    const startMs = run[0]?.startMs ?? Infinity;
    const endMs = run.at(-1)?.endMs ?? -Infinity;
    return Math.max(0, startMs - aroundMs, aroundMs - endMs);
  };
  return runs.sort((a, b) => distanceMs(a) - distanceMs(b))[0] ?? [];
}
