/** Footage as a clip is made of it: stretches of files, and the samples in them. Headers are read, media is not. */
import type { FileHandle } from 'node:fs/promises';
import { BOX_HEADER_BYTES, BoxError, LARGE_BOX_HEADER_BYTES } from './boxes';
import type { Segment } from './catalogue';
import { beginPace, HeaderWindow } from './header-window';
import type { InitSegment } from './init-segment';
import { openFootage } from './open-footage';
import type { Piece } from './range';
import { SampleColumns } from './sample-columns';
import { visitSamples } from './samples';
import type { Fragment } from './segment-index';
import { MAX_HEADER_BOX_BYTES } from './segment-scan';

/** Whole fragments, one behind the other. */
export interface Stretch {
  offset: number;
  sizeBytes: number;
  /** Only its sound is wanted. Sound may stand in the fragment before or behind that of its pictures. */
  soundOnly?: boolean;
}

export interface ClipPiece {
  segment: Segment;
  init: InitSegment;
  /** In order. Many short ones are read faster than one long one: each is begun without knowing the one before. */
  stretches: Stretch[];
}

/** A segment's file as it was when its headers were read. */
export interface ClipSource {
  segment: Segment;
  /** Device and inode. They tell it from a file that has taken its name since. */
  fileId: string;
}

export interface ClipSamples {
  /** Of the pieces; samples name them by their place here. */
  sources: ClipSource[];
  /** In decoding order. */
  video: SampleColumns;
  audio?: SampleColumns;
}

/** So many reads at once. 7,200 headers took 345 ms with one, 78 with 8, and 68 with 16. */
const READS_AT_ONCE = 8;
const MOOF = 0x6d6f6f66;
/** Stretches that are read one after the other. */
const GROUP = 32;
/** What so many usually hold: a minute of 25 pictures a second. */
const GROUP_SAMPLES = 2048;

/** The fragments of a piece that pictures are wanted of; with sound, those beside them as well. */
export function clipPiece({ segment, index, fragments }: Piece): ClipPiece {
  const pictures = fragments.map(({ offset, sizeBytes }): Stretch => ({ offset, sizeBytes }));
  if (index.init.tracks.size === 1) return { segment, init: index.init, stretches: pictures };
  const before = index.fragments.findLast(({ offset }) => offset < (fragments[0]?.offset ?? 0));
  const behind = index.fragments.find(({ offset }) => offset > (fragments.at(-1)?.offset ?? Infinity));
  const soundOf = (fragment: Fragment | undefined): Stretch[] =>
    fragment ? [{ offset: fragment.offset, sizeBytes: fragment.sizeBytes, soundOnly: true }] : [];
  return { segment, init: index.init, stretches: [...soundOf(before), ...pictures, ...soundOf(behind)] };
}

/** `pieces`: of one set-up, in order. Throws BoxError where a stretch is damaged, ENOENT where a file has gone. */
export async function readClipSamples(pieces: readonly ClipPiece[]): Promise<ClipSamples> {
  const [first] = pieces;
  if (!first) throw new BoxError('wanted pieces with video');
  const pace = beginPace();
  const parts: Tracks[] = [];
  const sources: ClipSource[] = [];
  for (const [number, piece] of pieces.entries()) {
    const file = await openFootage(piece.segment.path);
    try {
      sources.push({ segment: piece.segment, fileId: await fileIdOf(file) });
      parts.push(...(await readGroups(piece, number, () => new HeaderWindow(file, pace))));
    } finally {
      await file.close();
    }
  }
  const count = (kind: 'video' | 'audio'): number => parts.reduce((sum, part) => sum + part[kind].length, 0);
  const all = new Tracks(first.init, count('video'), count('audio'));
  for (const part of parts) all.append(part);
  return { sources, video: all.video, ...(all.audio.length > 0 && { audio: all.audio }) };
}

export async function fileIdOf(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat();
  return `${dev}:${ino}`;
}

async function readGroups(piece: ClipPiece, fileNumber: number, newWindow: () => HeaderWindow): Promise<Tracks[]> {
  const groups: Stretch[][] = [];
  for (let i = 0; i < piece.stretches.length; i += GROUP) groups.push(piece.stretches.slice(i, i + GROUP));
  const found: Tracks[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    const window = newWindow();
    for (let i = next++; i < groups.length; i = next++) {
      found[i] = await readGroup(window, piece, groups[i] ?? [], fileNumber);
    }
  };
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, groups.length) }, lane));
  return found;
}

async function readGroup(
  window: HeaderWindow,
  { init, segment }: ClipPiece,
  stretches: readonly Stretch[],
  fileNumber: number,
): Promise<Tracks> {
  const found = new Tracks(init, GROUP_SAMPLES, init.tracks.size > 1 ? GROUP_SAMPLES : 0);
  for (const { offset, sizeBytes, soundOnly = false } of stretches) {
    for (let at = offset; at < offset + sizeBytes; ) {
      const waiting = window.hold(at, LARGE_BOX_HEADER_BYTES);
      if (waiting) await waiting;
      const boxBytes = window.held(at) >= LARGE_BOX_HEADER_BYTES ? boxBytesAt(window.bytes, at - window.start) : NaN;
      if (!(at + boxBytes <= offset + sizeBytes)) {
        throw new BoxError(`no whole box at byte ${at} of ${segment.fileName}`);
      }
      if (window.bytes.readUInt32BE(at - window.start + 4) === MOOF) {
        if (boxBytes > MAX_HEADER_BOX_BYTES) {
          throw new BoxError(`a moof of ${boxBytes} bytes at byte ${at} of ${segment.fileName}`);
        }
        const reading = window.hold(at, boxBytes);
        if (reading) await reading;
        const moof = { bytes: window.bytes, at: at - window.start, sizeBytes: boxBytes, offset: at };
        found.addFragment(moof, { startMs: segment.startMs, fileNumber, init, soundOnly });
      }
      at += boxBytes;
    }
  }
  return found;
}

/** Of the box that begins there, its 64-bit form too; NaN where there is none. */
function boxBytesAt(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size !== 1) return size >= BOX_HEADER_BYTES ? size : NaN;
  return bytes.readUInt32BE(at + 8) * 2 ** 32 + bytes.readUInt32BE(at + 12);
}

/** A moof that lies at `at` of `bytes`, and in the file at `offset`. */
interface Moof {
  bytes: Buffer;
  at: number;
  sizeBytes: number;
  offset: number;
}

interface FragmentFacts {
  /** Of its segment. */
  startMs: number;
  fileNumber: number;
  init: InitSegment;
  soundOnly: boolean;
}

/** The first video and the first sound of some fragments. */
class Tracks {
  readonly video: SampleColumns;
  readonly audio: SampleColumns;
  private fragments = 0;

  /** @param videoRoom, audioRoom for so many samples at first */
  constructor(init: InitSegment, videoRoom: number, audioRoom: number) {
    this.video = new SampleColumns(init.video, videoRoom);
    const sound = [...init.tracks.values()].find(({ kind }) => kind === 'audio');
    this.audio = new SampleColumns(sound ?? init.video, audioRoom);
  }

  addFragment({ bytes, at, sizeBytes, offset }: Moof, { startMs, fileNumber, init, soundOnly }: FragmentFacts): void {
    const { video, audio, fragments } = this;
    const moof = { payload: at + BOX_HEADER_BYTES, end: at + sizeBytes };
    visitSamples(bytes, moof, offset, init, (track, sampleOffset, size, dts, compositionOffset, duration, key) => {
      const isVideo = track.kind === 'video';
      const columns = isVideo && !soundOnly ? video : track.kind === 'audio' ? audio : undefined;
      const shownMs = startMs + ((dts + compositionOffset) / track.timescale) * 1000;
      columns?.push(fileNumber, sampleOffset, size, fragments, shownMs, compositionOffset, duration, key);
    });
    this.fragments += 1;
  }

  append(other: Tracks): void {
    this.video.append(other.video, this.fragments);
    this.audio.append(other.audio, this.fragments);
    this.fragments += other.fragments;
  }
}
