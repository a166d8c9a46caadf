/**
 * Where a camera's key frames are, for ranges of a day. A closed segment is read once, from the index at its end, and
 * then kept: 16 bytes a key frame. An open segment is read on by its headers.
 */
import { dirname } from 'node:path';
import { BoxError, type InitSegment } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { SEAM_MS } from '../files/names';
import { checkFolder, isNoFile } from '../files/open-footage';
import { beginTurns, openForHeaders, type ReadTurns } from './header-window';
import { readIndexed } from './known-indexes';
import { readRange, type Piece } from './range';
import type { Fragment } from './segment-index';
import { fragmentOffset, readSegmentKeys, type SegmentKeys } from './segment-keys';

/**
 * A key frame and what follows it up to the next one of its file. `reorderMs` is that of the file's first picture.
 */
type KeyGroup = Fragment;

export interface KeyPiece {
  segment: Segment;
  /** Segments of one set-up share it. */
  index: SetUp;
  /** In order; there is at least one, and each begins with a key frame. */
  fragments: KeyGroup[];
  startMs: number;
  endMs: number;
}

interface SetUp {
  init: InitSegment;
  initSizeBytes: number;
}

interface KnownKeys {
  setUp: SetUp;
  /** Since the segment's start, in ms. */
  at: Float64Array;
  offsets: Float64Array;
  endOffset: number;
  reorderMs: number;
}

const KEY_BYTES = 16;
/** Of an entry, beside its key frames. */
const ENTRY_BYTES = 600;
const MOST_SET_UPS = 200;
const MOST_BYTES = 16_000_000;

export class KeyIndex {
  /** By path; the one that was used longest ago is first. A closed segment never changes. */
  private readonly known = new Map<string, KnownKeys>();
  private readonly setUps = new Map<string, SetUp>();
  private bytes = 0;

  constructor(
    private readonly recordingsDir: string,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  get sizeBytes(): number {
    return this.bytes;
  }

  /**
   * The groups that overlap [startMs, endMs), whole. The first piece begins with the group that is on show at startMs.
   * Pieces do not overlap: where a clock was set back, the later recording counts.
   */
  async pieces(cameraId: string, startMs: number, endMs: number): Promise<KeyPiece[]> {
    const turns = beginTurns();
    const folders = new Set<string>();
    const pieces: KeyPiece[] = [];
    for (const segment of await listSegments(this.recordingsDir, cameraId, startMs, endMs)) {
      const folder = dirname(segment.path);
      // Once a folder, not once a file: a day has 1,440 of them.
      if (!folders.has(folder)) await checkFolder(folder);
      folders.add(folder);
      const piece =
        (await this.closedPiece(segment, startMs, endMs, turns)) ?? (await byHeaders(segment, startMs, endMs));
      if (piece) pieces.push(piece);
    }
    const isTwice = pieces.some((piece, i) => piece.endMs - (pieces[i + 1]?.startMs ?? Infinity) > SEAM_MS);
    if (!isTwice) return pieces;
    return (await readRange(this.recordingsDir, cameraId, startMs, endMs)).pieces.flatMap(
      (piece) => grouped(piece) ?? [],
    );
  }

  /** Undefined where the segment is open, is gone, or has no index of ours. */
  private async closedPiece(
    segment: Segment,
    startMs: number,
    endMs: number,
    turns: ReadTurns,
  ): Promise<KeyPiece | undefined> {
    if (segment.endMs === undefined) return undefined;
    try {
      const known = this.known.get(segment.path) ?? this.toKnow(await readKeys(segment.path, turns));
      this.keep(segment.path, known);
      return pieceOf(segment, known.setUp, groupsOf(known, segment.startMs, segment.endMs, startMs, endMs));
    } catch (error) {
      if (error instanceof BoxError || isNoFile(error)) return undefined;
      throw error;
    }
  }

  private toKnow({ init, initSizeBytes, keys, reorderMs, endOffset }: SegmentKeys): KnownKeys {
    const id = `${initSizeBytes} ${init.setUp.toString('latin1')}`;
    const setUp = this.setUps.get(id) ?? { init, initSizeBytes };
    if (this.setUps.size >= MOST_SET_UPS) this.setUps.clear();
    this.setUps.set(id, setUp);
    const at = Float64Array.from(keys, ({ ticks }) => (ticks / init.video.timescale) * 1000);
    return { setUp, at, offsets: Float64Array.from(keys, fragmentOffset), endOffset, reorderMs };
  }

  private keep(path: string, known: KnownKeys): void {
    if (this.known.delete(path)) this.bytes -= sizeOf(known);
    this.known.set(path, known);
    this.bytes += sizeOf(known);
    for (const [oldest, { at }] of this.known) {
      if (this.bytes <= this.mostBytes) break;
      this.known.delete(oldest);
      this.bytes -= sizeOf({ at });
    }
  }
}

function sizeOf({ at }: Pick<KnownKeys, 'at'>): number {
  return ENTRY_BYTES + KEY_BYTES * at.length;
}

async function readKeys(path: string, turns: ReadTurns): Promise<SegmentKeys> {
  const file = await openForHeaders(path, turns);
  try {
    return await readSegmentKeys(file, turns);
  } finally {
    await file.close();
  }
}

/** From the group that is on show at `fromMs` up to `toMs`. */
function groupsOf(
  { at, offsets, endOffset, reorderMs }: KnownKeys,
  segmentStartMs: number,
  segmentEndMs: number,
  fromMs: number,
  toMs: number,
): KeyGroup[] {
  const groups: KeyGroup[] = [];
  for (let i = 0; i < at.length; i++) {
    const startMs = segmentStartMs + (at[i] ?? 0);
    const endMs = i + 1 < at.length ? segmentStartMs + (at[i + 1] ?? 0) : Math.max(startMs, segmentEndMs);
    // The pictures of a group are shown `reorderMs` later than they are decoded.
    if (startMs >= toMs || endMs + reorderMs <= fromMs) continue;
    const offset = offsets[i] ?? 0;
    groups.push({ offset, sizeBytes: (offsets[i + 1] ?? endOffset) - offset, startMs, endMs, reorderMs, key: true });
  }
  return groups;
}

async function byHeaders(segment: Segment, startMs: number, endMs: number): Promise<KeyPiece | undefined> {
  const found = await readIndexed(segment);
  const piece = found && grouped({ ...found, fragments: found.index.fragments });
  const groups = piece?.fragments.filter((group) => group.startMs < endMs && group.endMs + group.reorderMs > startMs);
  return piece && groups && pieceOf(piece.segment, piece.index, groups);
}

/** The fragments of a piece by their key frames. Without one before them they decode to nothing. */
function grouped({ segment, index, fragments }: Pick<Piece, 'segment' | 'index' | 'fragments'>): KeyPiece | undefined {
  const groups: KeyGroup[] = [];
  for (const { offset, sizeBytes, startMs, endMs, reorderMs, key } of fragments) {
    const last = groups.at(-1);
    if (key) groups.push({ offset, sizeBytes, startMs, endMs, reorderMs, key });
    else if (last) {
      last.endMs = endMs;
      last.sizeBytes = offset + sizeBytes - last.offset;
    }
  }
  return pieceOf(segment, index, groups);
}

function pieceOf(segment: Segment, { init, initSizeBytes }: SetUp, groups: KeyGroup[]): KeyPiece | undefined {
  const [first, last] = [groups[0], groups.at(-1)];
  if (!first || !last) return undefined;
  return { segment, index: { init, initSizeBytes }, fragments: groups, startMs: first.startMs, endMs: last.endMs };
}
