/** Answers "what do you have from A to B": pieces of files, and the gaps between them with their reasons. */
import { listSegments, type Segment } from '../files/catalogue';
import { reasonOf, type Gap } from '../files/gaps';
import { readIndexed, type IndexedSegment } from './known-indexes';
import { SEAM_MS } from '../files/names';
import { knownGaps } from '../files/open-gap';
import type { Fragment, SegmentIndex } from './segment-index';

export interface Piece {
  segment: Segment;
  index: SegmentIndex;
  /** In order; there is at least one. */
  fragments: Fragment[];
  startMs: number;
  endMs: number;
}

export interface FootageRange {
  cameraId: string;
  startMs: number;
  endMs: number;
  pieces: Piece[];
  /** The parts of [startMs, endMs) that no piece covers. */
  gaps: Gap[];
}

/**
 * Pieces hold the fragments that overlap [startMs, endMs). The first piece begins at the key frame at or before
 * startMs, where the footage reaches back to one. So its pictures decode.
 */
export async function readRange(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
): Promise<FootageRange> {
  const pieces = await readPieces(recordingsDir, cameraId, startMs, endMs);
  const gaps = await holesBetween(pieces, recordingsDir, cameraId, startMs, endMs);
  return { cameraId, startMs, endMs, pieces, gaps };
}

/** The parts of [startMs, endMs) that these do not cover, and the reasons that were written down. */
export async function holesBetween(
  pieces: readonly Pick<Piece, 'startMs' | 'endMs'>[],
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
): Promise<Gap[]> {
  const gaps: Gap[] = [];
  const known = await knownGaps(recordingsDir, cameraId, startMs, endMs);
  const addGap = (fromMs: number, toMs: number): void => {
    if (toMs - fromMs > SEAM_MS) gaps.push({ startMs: fromMs, endMs: toMs, reason: reasonOf(fromMs, toMs, known) });
  };
  let coveredMs = startMs;
  for (const piece of pieces) {
    addGap(coveredMs, piece.startMs);
    coveredMs = Math.max(coveredMs, piece.endMs);
  }
  addGap(coveredMs, endMs);
  return gaps;
}

/** From the newest key frame to the newest whole fragment. Undefined where there is no footage at all. */
export async function newestFragment(recordingsDir: string, cameraId: string): Promise<{ piece: Piece } | undefined> {
  for (const segment of (await listSegments(recordingsDir, cameraId)).reverse()) {
    const found = await readIndexed(segment);
    const from = found?.index.fragments.findLastIndex((fragment) => fragment.key) ?? -1;
    const piece = found && from >= 0 ? pieceOf(found, found.index.fragments.slice(from)) : undefined;
    if (piece) return { piece };
  }
  return undefined;
}

/**
 * The end of the footage at or after an instant; -Infinity where there is none. It opens only segments that are being
 * written.
 */
export async function footageEnd(recordingsDir: string, cameraId: string, sinceMs: number): Promise<number> {
  let endMs = -Infinity;
  for (const segment of await listSegments(recordingsDir, cameraId, sinceMs)) {
    const reachesMs = segment.endMs ?? (await readIndexed(segment))?.index.fragments.at(-1)?.endMs ?? -Infinity;
    endMs = Math.max(endMs, reachesMs);
  }
  return endMs;
}

async function readPieces(recordingsDir: string, cameraId: string, startMs: number, endMs: number): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const segment of await listSegments(recordingsDir, cameraId, startMs, endMs)) {
    const piece = await readPiece(segment, startMs, endMs);
    if (piece) pieces.push(piece);
  }
  return pieces.flatMap((piece, i) => beforeNext(piece, pieces[i + 1]) ?? []);
}

/** The part of a segment that belongs to a range. Undefined where no part does. */
export async function readPiece(segment: Segment, startMs: number, endMs: number): Promise<Piece | undefined> {
  const found = await readIndexed(segment);
  const first = found?.index.fragments.findIndex((fragment) => fragment.endMs > startMs) ?? -1;
  if (!found || first < 0) return undefined;
  const { index } = found;
  const key = index.fragments.slice(0, first + 1).findLastIndex((fragment) => fragment.key);
  const fragments = index.fragments.slice(Math.max(0, key)).filter((fragment) => fragment.startMs < endMs);
  return pieceOf(found, fragments);
}

/**
 * After a clock was set back, some instants were recorded twice. From where the later recording begins, it is the
 * answer.
 */
function beforeNext(piece: Piece, next: Piece | undefined): Piece | undefined {
  if (!next || piece.endMs - next.startMs <= SEAM_MS) return piece;
  return pieceOf(
    piece,
    piece.fragments.filter(({ endMs }) => endMs <= next.startMs + SEAM_MS),
  );
}

function pieceOf({ segment, index }: IndexedSegment, fragments: Fragment[]): Piece | undefined {
  const first = fragments[0];
  const last = fragments.at(-1);
  return first && last ? { segment, index, fragments, startMs: first.startMs, endMs: last.endMs } : undefined;
}
