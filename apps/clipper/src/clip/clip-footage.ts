/**
 * The footage that a clip is made of: all of it, also where a camera changed in the middle, or the part that can be
 * copied into one file.
 */
import { toSeconds } from '@vr/base';
import type { CameraStream } from '@vr/contracts';
import { bySetUp, compatibleRun, withoutSlivers, type FootageRange, type Gap, type Piece } from '@vr/footage';
import type { ClipperConfig } from '../config';

/** Each takes a decoder while the clip is encoded: some 80 MB at 1080p. */
const MOST_SET_UPS = 8;

export interface ClipFootage {
  /** In order, at least one. */
  pieces: Piece[];
  /** The same, grouped by what can be copied into one file. More than one group must be encoded to be one clip. */
  setUps: Piece[][];
  /** Footage that exists and that the clip does not hold. */
  leftOut: Gap[];
}

/** Undefined where the range holds no footage. */
export function chooseFootage(
  range: FootageRange,
  momentMs: number,
  mixed: ClipperConfig['CLIP_MIXED'],
): ClipFootage | undefined {
  const shown = withoutSlivers(range);
  const setUps = mixed === 'encode' ? mostWanted(bySetUp(shown), momentMs) : [compatibleRun(shown, momentMs)];
  const pieces = shown.filter((piece) => setUps.some((setUp) => setUp.includes(piece)));
  return pieces.length > 0 ? { pieces, setUps, leftOut: leftOut(range, shown, pieces) } : undefined;
}

/** The one that holds the moment, and those of the others that last longest. */
function mostWanted(setUps: Piece[][], momentMs: number): Piece[][] {
  const holdsMoment = (pieces: Piece[]): boolean =>
    pieces.some(({ startMs, endMs }) => startMs <= momentMs && momentMs < endMs);
  const weight = (pieces: Piece[]): number => (holdsMoment(pieces) ? Infinity : lengthMs(pieces));
  const chosen = [...setUps].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_SET_UPS);
  return setUps.filter((setUp) => chosen.includes(setUp));
}

/** The bytes of a copy: a little more than what is cut out. */
export function mediaBytes({ pieces }: ClipFootage): number {
  return pieces.reduce((all, { fragments }) => fragments.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, all), 0);
}

function lengthMs(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/**
 * The picture's size for most of the clip. More pixels would cost minutes on a small machine for a camera that showed
 * them for a second.
 */
export function usualSize(
  setUps: readonly Piece[][],
  startMs: number,
  endMs: number,
): { width: number; height: number } | undefined {
  const sizes = new Map<string, { width: number; height: number; shownMs: number }>();
  for (const piece of setUps.flat()) {
    const { width, height } = piece.index.video;
    const size = sizes.get(`${width}x${height}`) ?? { width, height, shownMs: 0 };
    size.shownMs += Math.min(endMs, piece.endMs) - Math.max(startMs, piece.startMs);
    sizes.set(`${width}x${height}`, size);
  }
  const [usual] = [...sizes.values()].sort((a, b) => b.shownMs - a.shownMs || b.width * b.height - a.width * a.height);
  return usual && { width: usual.width, height: usual.height };
}

/** What the camera sent from one instant to the other. Neighbours that are alike are one. */
export function streamsOf(pieces: readonly Piece[], startMs: number, endMs: number): CameraStream[] {
  const streams: CameraStream[] = [];
  for (const piece of pieces) {
    const { codec, width, height } = piece.index.video;
    const last = streams.at(-1);
    const end = toSeconds(Math.min(endMs, piece.endMs));
    if (last?.codec === codec && last.width === width && last.height === height) last.end = end;
    else streams.push({ start: toSeconds(Math.max(startMs, piece.startMs)), end, codec, width, height });
  }
  return streams;
}

function leftOut({ startMs, endMs }: FootageRange, all: readonly Piece[], chosen: readonly Piece[]): Gap[] {
  return all
    .filter((piece) => !chosen.includes(piece))
    .map((piece) => ({
      startMs: Math.max(startMs, piece.startMs),
      endMs: Math.min(endMs, piece.endMs),
      reason: 'stream_changed' as const,
    }))
    .filter((gap) => gap.endMs > gap.startMs);
}
