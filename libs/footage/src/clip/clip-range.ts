/**
 * Finds the footage of a range for one clip, by the index at the end of each closed segment (`mfra`). That costs two
 * short reads for an hour of 900 MB. Its headers would cost 7,200.
 */
import { BoxError, type KeyFragment } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { clipPiece, type ClipPiece, type Stretch } from './clip-pieces';
import type { Gap } from '../files/gaps';
import { SEAM_MS } from '../files/names';
import { isNoFile } from '../files/open-footage';
import { openSegment } from '../read/open-segment';
import { holesBetween, readPiece, readRange, type Piece } from '../read/range';
import { fragmentOffset, readSegmentKeys, type SegmentKeys } from '../read/segment-keys';
import { groupBySetUp } from './set-ups';

interface TimedClipPiece extends ClipPiece {
  /** The time of its footage, epoch ms. It may reach beyond the range on both sides. */
  startMs: number;
  endMs: number;
}

export interface ClipRange {
  /** They have one set-up and are in order. Empty where there is no footage. */
  pieces: TimedClipPiece[];
  /** The parts of the range that they do not cover, in order. */
  gaps: Gap[];
}

/** A reordered picture may be shown up to this long after the decoding of the key frame behind it. */
const REORDER_MS = 500;

/**
 * One file holds one set-up of the decoder. Where the range has several, the one with the most footage in it is taken.
 * The rest becomes a gap with the reason `stream_changed`. Use `by: 'headers'` where the index of the footage turned
 * out to be wrong.
 */
export async function readClipRange(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
  by: 'index' | 'headers' = 'index',
): Promise<ClipRange> {
  const all = by === 'index' ? await piecesByIndex(recordingsDir, cameraId, startMs, endMs) : undefined;
  const pieces = all ?? (await readRange(recordingsDir, cameraId, startMs, endMs)).pieces.map(timed);
  const holes = await holesBetween(pieces, recordingsDir, cameraId, startMs, endMs);
  const { taken, passedOver } = takeLongestSetUp(pieces, startMs, endMs);
  const changes = passedOver.flatMap((piece): Gap[] => {
    const [fromMs, toMs] = [Math.max(startMs, piece.startMs), Math.min(endMs, piece.endMs)];
    return toMs > fromMs ? [{ startMs: fromMs, endMs: toMs, reason: 'stream_changed' }] : [];
  });
  return { pieces: taken, gaps: [...holes, ...changes].sort((a, b) => a.startMs - b.startMs) };
}

function takeLongestSetUp(
  pieces: readonly TimedClipPiece[],
  fromMs: number,
  toMs: number,
): { taken: TimedClipPiece[]; passedOver: TimedClipPiece[] } {
  const groups = groupBySetUp(pieces, ({ init }) => init);
  // A piece begins at a key frame, which may lie long before the range. Only footage within the range counts.
  const withinMs = ({ startMs, endMs }: TimedClipPiece): number =>
    Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, startMs));
  const lengthMs = (group: readonly TimedClipPiece[]): number => group.reduce((sum, piece) => sum + withinMs(piece), 0);
  const [taken = [], ...others] = groups.sort((a, b) => lengthMs(b) - lengthMs(a));
  return { taken, passedOver: others.flat() };
}

/**
 * Undefined where a clock was set back and instants were recorded twice. Only a look at each fragment can decide then.
 */
async function piecesByIndex(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
): Promise<TimedClipPiece[] | undefined> {
  const pieces: TimedClipPiece[] = [];
  for (const segment of await listSegments(recordingsDir, cameraId, startMs, endMs)) {
    const piece = (await pieceByIndex(segment, startMs, endMs)) ?? (await pieceByHeaders(segment, startMs, endMs));
    if (piece) pieces.push(piece);
  }
  const isTwice = pieces.some((piece, i) => piece.endMs - (pieces[i + 1]?.startMs ?? Infinity) > SEAM_MS);
  return isTwice ? undefined : pieces;
}

async function pieceByHeaders(segment: Segment, startMs: number, endMs: number): Promise<TimedClipPiece | undefined> {
  const piece = await readPiece(segment, startMs, endMs);
  return piece && timed(piece);
}

function timed(piece: Piece): TimedClipPiece {
  return { ...clipPiece(piece), startMs: piece.startMs, endMs: piece.endMs };
}

/** Undefined where the segment has no index of ours (it is open or damaged), or is gone. */
async function pieceByIndex(segment: Segment, startMs: number, endMs: number): Promise<TimedClipPiece | undefined> {
  if (segment.endMs === undefined) return undefined;
  try {
    const { init, keys, endOffset } = await keysOf(segment);
    const atMs = ({ ticks }: KeyFragment): number => segment.startMs + (ticks / init.video.timescale) * 1000;
    const from = Math.max(
      0,
      keys.findLastIndex((key) => atMs(key) <= startMs - REORDER_MS),
    );
    const behind = keys.findIndex((key) => atMs(key) >= endMs);
    const to = behind < 0 ? keys.length : behind;
    const stretches = stretchesOf(keys, endOffset, from, to, init.tracks.size > 1);
    if (!stretches) return undefined;
    const [first, next] = [keys[from], keys[to]];
    return {
      segment,
      init,
      stretches,
      startMs: first ? atMs(first) : segment.startMs,
      endMs: next ? atMs(next) : segment.endMs,
    };
  } catch (error) {
    if (error instanceof BoxError || isNoFile(error)) return undefined;
    throw error;
  }
}

/** From key `from` up to key `to`, with the sound next to them. Undefined where the index makes no sense. */
function stretchesOf(
  keys: readonly KeyFragment[],
  endOffset: number,
  from: number,
  to: number,
  hasSound: boolean,
): Stretch[] | undefined {
  const edge = (i: number): number => (keys[i] ? fragmentOffset(keys[i]) : endOffset);
  const stretch = (first: number, end: number): Stretch => ({
    offset: edge(first),
    sizeBytes: edge(end) - edge(first),
  });
  const pictures = stretch(from, to);
  if (pictures.sizeBytes <= 0) return undefined;
  const before = hasSound && from > 0 ? [{ ...stretch(from - 1, from), soundOnly: true }] : [];
  const behind = hasSound && to < keys.length ? [{ ...stretch(to, to + 1), soundOnly: true }] : [];
  return [...before, pictures, ...behind];
}

async function keysOf(segment: Segment): Promise<SegmentKeys> {
  const { file } = await openSegment(segment);
  try {
    return await readSegmentKeys(file);
  } finally {
    await file.close();
  }
}
