/**
 * Which fragments a segment holds, with their places and times. It also reads segments that are being written or were
 * torn.
 */
import type { FileHandle } from 'node:fs/promises';
import { BoxError, type InitSegment } from '@vr/mp4';
import { openFootage } from '../files/open-footage';
import type { ReadTurns } from './header-window';
import { readAt, scanSegment, type ScannedFragment, type SegmentScan } from './segment-scan';

export interface Fragment {
  /** Place of the first byte (`prft`, or `moof` where there is none). */
  offset: number;
  sizeBytes: number;
  /** Time of the first video frame. */
  startMs: number;
  endMs: number;
  /** How long after `startMs` the first picture is shown: an encoder with B-frames holds pictures back. */
  reorderMs: number;
  /** Whether it begins with a key frame. */
  key: boolean;
}

export interface IndexedFragment extends Fragment {
  moofOffset: number;
  /** Start, in the video track's ticks since the segment's start. */
  ticks: number;
}

export interface SegmentIndex {
  init: InitSegment;
  initSizeBytes: number;
  /** Only whole fragments, in order. */
  fragments: IndexedFragment[];
  /** One past the last whole fragment. Behind it lies `mfra`, or the torn tail. */
  endOffset: number;
  video: { codec: string; width: number; height: number; timescale: number };
}

/**
 * Reads the index of the file that has exactly this name. Throws BoxError where it has no whole init segment. A torn
 * tail is no error: the index ends before it.
 */
export async function readSegmentIndex(segment: { path: string; startMs: number }): Promise<SegmentIndex> {
  const file = await openFootage(segment.path);
  try {
    return await readIndexOfFile(file, segment.startMs);
  } finally {
    await file.close();
  }
}

/**
 * `known`: an earlier reading of the same file. This one goes on where that one ended.
 * `turns`: whether headers may be read at once (header-window.ts).
 */
export async function readIndexOfFile(
  file: FileHandle,
  startMs: number,
  known?: SegmentIndex,
  turns?: ReadTurns,
): Promise<SegmentIndex> {
  const index = indexFromScan(await scanSegment(file, known, turns), startMs);
  return known ? { ...index, fragments: [...known.fragments, ...index.fragments] } : index;
}

/** The index of a segment whose name says `startMs`. */
export function indexFromScan(scan: SegmentScan, startMs: number): SegmentIndex {
  const { init, initSizeBytes, endOffset } = scan;
  const { codec, width, height, timescale } = init.video;
  const fragments = scan.fragments.flatMap((fragment) => indexed(fragment, startMs, timescale) ?? []);
  return { init, initSizeBytes, fragments, endOffset, video: { codec, width, height, timescale } };
}

function indexed(
  { offset, moofOffset, endOffset, tracks }: ScannedFragment,
  segmentStartMs: number,
  timescale: number,
): IndexedFragment | undefined {
  const video = tracks.find((fragment) => fragment.track.kind === 'video');
  if (!video) return undefined; // only sound: it belongs to no picture
  const startMs = segmentStartMs + (video.baseDecodeTime / timescale) * 1000;
  return {
    offset,
    sizeBytes: endOffset - offset,
    startMs,
    endMs: startMs + (video.durationTicks / timescale) * 1000,
    reorderMs: (video.firstCompositionTicks / timescale) * 1000,
    key: video.startsWithKey,
    moofOffset,
    ticks: video.baseDecodeTime,
  };
}

/** Reads the bytes of an init segment, or of one fragment. Throws BoxError where the file ends before. */
export async function readBytes(file: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const bytes = await readAt(file, offset, sizeBytes);
  if (bytes.length < sizeBytes)
    throw new BoxError(`wanted ${sizeBytes} bytes at ${offset}, the file has ${bytes.length}`);
  return bytes;
}
