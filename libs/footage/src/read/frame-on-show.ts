/**
 * Finds the one frame that a camera showed at an instant, by its sample's time, and the bytes that decode it. It
 * decodes nothing.
 */
import type { FileHandle } from 'node:fs/promises';
import { BoxError, findBox, readSamples } from '@vr/mp4';
import { openSegment } from './open-segment';
import { newestFragment, readRange, type Piece } from './range';
import { readBytes } from './segment-index';

export interface FrameOnShow {
  /** Each frame has one id, whoever asks. */
  id: string;
  /** From when to when it is shown, epoch ms. */
  atMs: number;
  endMs: number;
  /** Whether its segment is closed. Then no other frame can come between this one and the next. */
  isClosed: boolean;
  /** Its time in the file, in seconds: `tfdt` plus composition offset, without an edit list. */
  mediaSeconds: number;
  /**
   * The init segment and the fragments from its key frame to its own: a decoder can read them from a pipe. Memory holds
   * one fragment. Throws ENOENT where the segment was deleted since; then ask for the frame again.
   */
  bytes(): AsyncGenerator<Buffer, void, undefined>;
}

interface Candidate {
  piece: Piece;
  /** The place of its fragment in the piece's index. */
  fragment: number;
  atMs: number;
  endMs: number;
  mediaSeconds: number;
  /**
   * It is shown before the key frame at the head of its own fragment, so it needs the group before, too. An open GOP
   * has such leading pictures.
   */
  leading: boolean;
}

/** Instants are rounded to the millisecond; frame times are not. */
const ROUNDING_MS = 0.5;

/**
 * The last frame at or before the instant. Where the footage has a hole there, it is the nearest frame that is at most
 * `nearMs` away. Undefined where there is none. It reads one directory, one index and the headers of two or three
 * fragments.
 */
export async function frameOnShow(
  recordingsDir: string,
  cameraId: string,
  momentMs: number,
  nearMs: number,
): Promise<FrameOnShow | undefined> {
  const { pieces } = await readRange(recordingsDir, cameraId, momentMs - nearMs, momentMs + nearMs);
  const before = await lastBefore(pieces, momentMs);
  const after = !before || momentMs >= before.endMs ? await firstAfter(pieces, momentMs) : undefined;
  const distance = ({ atMs, endMs }: Candidate): number => Math.max(0, atMs - momentMs, momentMs - endMs);
  const near = [before, after].flatMap((frame) => (frame && distance(frame) <= nearMs ? [frame] : []));
  const [nearest] = near.sort((a, b) => distance(a) - distance(b));
  return nearest && found(nearest);
}

/** The newest frame on disk. */
export async function newestFrame(recordingsDir: string, cameraId: string): Promise<FrameOnShow | undefined> {
  const newest = await newestFragment(recordingsDir, cameraId);
  const frame = newest && (await lastBefore([newest.piece], Infinity));
  return frame && found(frame);
}

/** The key frame of the newest group of pictures on the disk. Only this frame is decoded, however long the group is. */
export async function newestKeyFrame(recordingsDir: string, cameraId: string): Promise<FrameOnShow | undefined> {
  const newest = await newestFragment(recordingsDir, cameraId);
  const [first] = newest?.piece.fragments ?? [];
  if (!newest || !first) return undefined;
  const [key] = await framesOf(newest.piece, [
    newest.piece.index.fragments.findIndex(({ offset }) => offset === first.offset),
  ]);
  return key && found(key);
}

async function lastBefore(pieces: readonly Piece[], momentMs: number): Promise<Candidate | undefined> {
  for (const piece of [...pieces].reverse()) {
    const { fragments } = piece.index;
    const on = fragments.findLastIndex(({ startMs }) => startMs <= momentMs + ROUNDING_MS);
    // A reordered picture may lie in the fragment before or after the one of its time.
    const frames = (await framesOf(piece, [on - 1, on, on + 1])).filter(({ atMs }) => atMs <= momentMs + ROUNDING_MS);
    const last = frames.reduce<Candidate | undefined>(
      (best, frame) => (best && best.atMs >= frame.atMs ? best : frame),
      undefined,
    );
    if (last) return last;
  }
  return undefined;
}

async function firstAfter(pieces: readonly Piece[], momentMs: number): Promise<Candidate | undefined> {
  for (const piece of pieces) {
    const from = piece.index.fragments.findIndex(({ endMs }) => endMs > momentMs);
    if (from < 0) continue;
    // In a reordered stream the first picture is shown some frames after its fragment begins.
    const frames = (await framesOf(piece, [from, from + 1])).filter(({ atMs, leading }) => atMs > momentMs && !leading);
    const first = frames.reduce<Candidate | undefined>(
      (best, frame) => (best && best.atMs <= frame.atMs ? best : frame),
      undefined,
    );
    if (first) return first;
  }
  return undefined;
}

async function framesOf(piece: Piece, numbers: readonly number[]): Promise<Candidate[]> {
  const { file } = await openSegment(piece.segment);
  try {
    let frames: Candidate[] = [];
    for (const number of numbers) frames = frames.concat(await framesOfFragment(file, piece, number));
    return frames;
  } finally {
    await file.close();
  }
}

async function framesOfFragment(file: FileHandle, piece: Piece, number: number): Promise<Candidate[]> {
  const place = piece.index.fragments[number];
  if (!place) return [];
  const bytes = await readBytes(file, place.offset, place.sizeBytes);
  const moof = findBox(bytes, { payload: 0, end: bytes.length }, 'moof');
  if (!moof) throw new BoxError(`no moof in the fragment at byte ${place.offset} of ${piece.segment.fileName}`);
  const { init } = piece.index;
  const samples = readSamples(bytes, moof, place.offset + moof.start, init).filter(
    ({ track }) => track.id === init.video.id,
  );
  const first = samples[0];
  const headSeconds = place.key && first ? (first.dts + first.compositionOffset) / init.video.timescale : -Infinity;
  return samples.map(({ dts, compositionOffset, durationTicks }) => {
    const mediaSeconds = (dts + compositionOffset) / init.video.timescale;
    const atMs = piece.segment.startMs + mediaSeconds * 1000;
    return {
      piece,
      fragment: number,
      atMs,
      endMs: atMs + (durationTicks / init.video.timescale) * 1000,
      mediaSeconds,
      leading: mediaSeconds < headSeconds,
    };
  });
}

function found({ piece, fragment, atMs, endMs, mediaSeconds, leading }: Candidate): FrameOnShow {
  const { segment, index } = piece;
  const keys = index.fragments.slice(0, leading ? fragment : fragment + 1);
  const from = Math.max(
    0,
    keys.findLastIndex(({ key }) => key),
  );
  return {
    id: `${segment.cameraId} ${segment.startMs} ${mediaSeconds}`,
    atMs,
    endMs,
    isClosed: segment.endMs !== undefined,
    mediaSeconds,
    async *bytes() {
      const { file } = await openSegment(segment);
      try {
        yield index.init.bytes;
        for (const { offset, sizeBytes } of index.fragments.slice(from, fragment + 1))
          yield await readBytes(file, offset, sizeBytes);
      } finally {
        await file.close();
      }
    },
  };
}
