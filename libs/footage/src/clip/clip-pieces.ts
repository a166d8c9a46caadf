/**
 * Footage in the form in which a clip takes it: stretches of files, and their samples. It reads headers and no media.
 */
import { BOX_HEADER_BYTES, BoxError, LARGE_BOX_HEADER_BYTES, parseMoof, SampleColumns } from '@vr/mp4';
import type { Segment } from '../files/catalogue';
import { beginTurns, HeaderWindow } from '../read/header-window';
import type { InitSegment } from '@vr/mp4';
import { openSegment } from '../read/open-segment';
import type { Piece } from '../read/range';
import type { Fragment } from '../read/segment-index';
import { MAX_HEADER_BOX_BYTES } from '../read/segment-scan';

/** Whole fragments that follow each other in the file. */
export interface Stretch {
  offset: number;
  sizeBytes: number;
  /** Only its sound is wanted. Sound may lie in the fragment before or after that of its pictures. */
  soundOnly?: boolean;
}

export interface ClipPiece {
  segment: Segment;
  init: InitSegment;
  /** In order. */
  stretches: Stretch[];
}

export interface ClipSamples {
  /** The segments of the pieces, with their `fileId`. A sample names its segment by the place in this list. */
  sources: Segment[];
  /** In decoding order. */
  video: SampleColumns;
  audio?: SampleColumns;
}

const MOOF = 0x6d6f6f66;

/** The fragments of a piece whose pictures are wanted. With sound, also the fragments next to them. */
export function clipPiece({ segment, index, fragments }: Piece): ClipPiece {
  const pictures = fragments.map(({ offset, sizeBytes }): Stretch => ({ offset, sizeBytes }));
  if (index.init.tracks.size === 1) return { segment, init: index.init, stretches: pictures };
  const before = index.fragments.findLast(({ offset }) => offset < (fragments[0]?.offset ?? 0));
  const behind = index.fragments.find(({ offset }) => offset > (fragments.at(-1)?.offset ?? Infinity));
  const soundOf = (fragment: Fragment | undefined): Stretch[] =>
    fragment ? [{ offset: fragment.offset, sizeBytes: fragment.sizeBytes, soundOnly: true }] : [];
  return { segment, init: index.init, stretches: [...soundOf(before), ...pictures, ...soundOf(behind)] };
}

/**
 * `pieces` have one set-up and are in order. Throws BoxError where a stretch is damaged, ENOENT where a file is gone.
 */
export async function readClipSamples(pieces: readonly ClipPiece[]): Promise<ClipSamples> {
  const [first] = pieces;
  if (!first) throw new BoxError('wanted pieces with video');
  const turns = beginTurns();
  const tracks = new Tracks(first.init, sizeOf(pieces));
  const sources: Segment[] = [];
  for (const piece of pieces) {
    const { file, segment } = await openSegment(piece.segment);
    try {
      sources.push(segment);
      await readPieceSamples(new HeaderWindow(file, turns), piece, sources.length - 1, tracks);
    } finally {
      await file.close();
    }
  }
  const { video, audio } = tracks;
  return { sources, video, ...(audio.length > 0 && { audio }) };
}

async function readPieceSamples(window: HeaderWindow, piece: ClipPiece, source: number, tracks: Tracks): Promise<void> {
  for (const { offset, sizeBytes, soundOnly = false } of piece.stretches) {
    for (let at = offset; at < offset + sizeBytes;) {
      const waiting = window.hold(at, LARGE_BOX_HEADER_BYTES);
      if (waiting) await waiting;
      const boxBytes = window.held(at) >= LARGE_BOX_HEADER_BYTES ? boxBytesAt(window.bytes, at - window.start) : NaN;
      if (!(at + boxBytes <= offset + sizeBytes)) {
        throw new BoxError(`no whole box at byte ${at} of ${piece.segment.fileName}`);
      }
      if (window.bytes.readUInt32BE(at - window.start + 4) === MOOF) {
        if (boxBytes > MAX_HEADER_BOX_BYTES) {
          throw new BoxError(`a moof of ${boxBytes} bytes at byte ${at} of ${piece.segment.fileName}`);
        }
        const reading = window.hold(at, boxBytes);
        if (reading) await reading;
        const start = at - window.start;
        const moof = { payload: start + BOX_HEADER_BYTES, end: start + boxBytes };
        tracks.append(window.bytes, moof, { moofOffset: at, source, piece, soundOnly });
      }
      at += boxBytes;
      tracks.passed(boxBytes);
    }
  }
}

/** The size of the box at this place, in its 64-bit form too. NaN where there is no box. */
function boxBytesAt(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size !== 1) return size >= BOX_HEADER_BYTES ? size : NaN;
  return bytes.readUInt32BE(at + 8) * 2 ** 32 + bytes.readUInt32BE(at + 12);
}

function sizeOf(pieces: readonly ClipPiece[]): number {
  let bytes = 0;
  for (const { stretches } of pieces) for (const { sizeBytes } of stretches) bytes += sizeBytes;
  return bytes;
}

/** A moof, and where it was found. */
interface Found {
  moofOffset: number;
  source: number;
  piece: ClipPiece;
  soundOnly: boolean;
}

/** Collects the first video track and the first sound track of some fragments, as they are read. */
class Tracks {
  readonly video: SampleColumns;
  readonly audio: SampleColumns;
  private fragment = -1;
  private passedBytes = 0;

  constructor(
    init: InitSegment,
    private readonly sizeBytes: number,
  ) {
    this.video = new SampleColumns(init.video);
    const sound = [...init.tracks.values()].find(({ kind }) => kind === 'audio');
    this.audio = new SampleColumns(sound ?? init.video);
  }

  /** `moof` lies in `bytes`. */
  append(bytes: Buffer, moof: { payload: number; end: number }, found: Found): void {
    const { moofOffset, source, piece, soundOnly } = found;
    this.fragment += 1;
    const zeroMs = piece.segment.startMs;
    const share = this.passedBytes / this.sizeBytes;
    for (const header of parseMoof(bytes, moof, piece.init)) {
      const { kind } = header.track;
      const columns = kind === 'video' && !soundOnly ? this.video : kind === 'audio' ? this.audio : undefined;
      columns?.append(bytes, header, { source, moofOffset, fragment: this.fragment, zeroMs, share });
    }
  }

  /** A box was read or passed over. */
  passed(sizeBytes: number): void {
    this.passedBytes += sizeBytes;
  }
}
