/** Pieces that can stand in one file without encoding: those of one init segment. */
import { SEAM_MS } from '../files/names';
import type { FootageRange, Piece } from '../read/range';

/**
 * Without what a seam lets in of a neighbour with another set-up: for less than a picture's time nothing is to be
 * encoded.
 */
export function withoutSlivers({ pieces, startMs, endMs }: FootageRange): Piece[] {
  const whole = pieces.filter((piece) => Math.min(endMs, piece.endMs) - Math.max(startMs, piece.startMs) > SEAM_MS);
  return whole.length > 0 ? pieces.filter((piece) => whole.some((other) => haveOneSetUp(piece, other))) : pieces;
}

/**
 * What one decoder reads without being set up anew, in the order in which each set-up came first. The pieces of one
 * need not be neighbours.
 */
export function bySetUp(pieces: readonly Piece[]): Piece[][] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.find(([first]) => first !== undefined && haveOneSetUp(first, piece));
    if (group) group.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

/** The longest run of neighbours with one init that holds the moment, or else the one nearest to it. */
export function compatibleRun(pieces: readonly Piece[], aroundMs: number): Piece[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0] && haveOneSetUp(run[0], piece)) run.push(piece);
    else runs.push([piece]);
  }
  const distanceMs = (run: Piece[]): number => {
    const startMs = run[0]?.startMs ?? Infinity;
    const endMs = run.at(-1)?.endMs ?? -Infinity;
    return Math.max(0, startMs - aroundMs, aroundMs - endMs);
  };
  return runs.sort((a, b) => distanceMs(a) - distanceMs(b))[0] ?? [];
}

function haveOneSetUp(one: Piece, other: Piece): boolean {
  return one.index.init.setUp.equals(other.index.init.setUp);
}
