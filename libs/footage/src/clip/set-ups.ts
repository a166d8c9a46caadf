/** Groups pieces by the set-up of their decoder. Pieces of one set-up fit into one file without encoding. */
import { haveOneSetUp, type InitSegment } from '@vr/mp4';
import { SEAM_MS } from '../files/names';
import type { FootageRange, Piece } from '../read/range';

/**
 * Leaves out what a seam lets in of a neighbour with another set-up. It is shorter than a picture, and nothing must be
 * encoded for it.
 */
export function withoutSlivers({ pieces, startMs, endMs }: FootageRange): Piece[] {
  const whole = pieces.filter((piece) => Math.min(endMs, piece.endMs) - Math.max(startMs, piece.startMs) > SEAM_MS);
  return whole.length > 0
    ? pieces.filter((piece) => whole.some((other) => haveOneSetUp(piece.index.init, other.index.init)))
    : pieces;
}

/**
 * Groups of pieces that one decoder reads without a new set-up, in the order in which each set-up came first. The
 * pieces of a group need not be neighbours.
 */
export function bySetUp(pieces: readonly Piece[]): Piece[][] {
  return groupBySetUp(pieces, ({ index }) => index.init);
}

/** The same for pieces of any form. */
export function groupBySetUp<T>(pieces: readonly T[], initOf: (piece: T) => InitSegment): T[][] {
  const groups: T[][] = [];
  for (const piece of pieces) {
    const init = initOf(piece);
    const group = groups.find(([first]) => first !== undefined && haveOneSetUp(initOf(first), init));
    if (group) group.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

/** The longest run of neighbours with one set-up that holds the moment, or else the run nearest to it. */
export function compatibleRun(pieces: readonly Piece[], aroundMs: number): Piece[] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0] && haveOneSetUp(run[0].index.init, piece.index.init)) run.push(piece);
    else runs.push([piece]);
  }
  const distanceMs = (run: Piece[]): number => {
    const startMs = run[0]?.startMs ?? Infinity;
    const endMs = run.at(-1)?.endMs ?? -Infinity;
    return Math.max(0, startMs - aroundMs, aroundMs - endMs);
  };
  return runs.sort((a, b) => distanceMs(a) - distanceMs(b))[0] ?? [];
}
