/**
 * Lays out a plain fast-start MP4 from recorded fragments. The head is made; the media stays where it is. It encodes
 * nothing and needs no other program, and the same footage always gives the same bytes. It costs reading the fragments'
 * headers. Memory holds the sample table, some 50 bytes a picture, and then the head.
 */
import { ClipCopies } from './clip-copies';
import type { ClipPiece } from './clip-pieces';
import { planClip, type ClipPlan } from './clip-plan';
import {
  box,
  haveOneSetUp,
  moveChunks,
  movieBox,
  type Chunks,
  type ClipTexts,
  type MovieTrack,
  type SampleColumns,
} from '@vr/mp4';

export interface ClipFacts {
  /** What players show, epoch ms: from the stamp of the first frame to the end of the last. */
  startMs: number;
  endMs: number;
  sizeBytes: number;
  codec: string;
  width: number;
  height: number;
  audioCodec?: string;
}

export interface ClipLayout {
  facts: ClipFacts;
  /** `ftyp`, `moov` and the beginning of `mdat`: everything before the first byte of media. */
  head: Buffer;
  /** The media, in order. */
  copies: ClipCopies;
}

const LARGE_BOX_BYTES = 0xffff_ffff;
/** There is no such number of a fragment. */
const NO_FRAGMENT = 2 ** 31 - 1;

/**
 * Lays out the frames of `pieces` with a stamp in `[startMs, endMs)`. The pieces have one set-up and are in order. The
 * clip holds everything from the key frame at or before the first of these frames. By edit lists (14496-12, 8.6.6)
 * players show exactly the wanted frames, and sound to the sample. Throws BoxError where the footage is damaged, ENOENT
 * where a file is gone.
 */
export async function layOutClip(
  pieces: readonly ClipPiece[],
  startMs: number,
  endMs: number,
  texts: ClipTexts,
): Promise<ClipLayout> {
  const init = pieces[0]?.init;
  if (!init) throw new Error('layOutClip: wanted at least one piece');
  if (!pieces.every((piece) => haveOneSetUp(piece.init, init)))
    throw new Error('layOutClip: wanted pieces of one set-up');
  const plan = await planClip(pieces, startMs, endMs);
  const { copies, chunks } = placeMedia(plan);
  const { mediaBytes } = copies;
  const brand = init.video.codec === 'hevc' ? 'hvc1' : 'avc1';
  const ftyp = box('ftyp', Buffer.from(`isom\u0000\u0000\u0002\u0000isomiso2${brand}mp41`, 'latin1'));
  const mdat = mediaHead(mediaBytes);
  const moov = movieBox(init, plan, chunks, texts);
  const headBytes = ftyp.length + moov.length + mdat.length;
  // Every offset has 64 bits, so the size of the head does not depend on their values.
  moveChunks(moov, headBytes);
  copies.finish(headBytes);
  const facts: ClipFacts = {
    startMs: plan.startMs,
    endMs: plan.endMs,
    sizeBytes: headBytes + mediaBytes,
    codec: init.video.codec,
    width: init.video.width,
    height: init.video.height,
    ...(plan.audio && { audioCodec: plan.audio.samples.track.codec }),
  };
  return { facts, head: Buffer.concat([ftyp, moov, mdat]), copies };
}

interface Media {
  copies: ClipCopies;
  chunks: Map<MovieTrack, Chunks>;
}

/**
 * Places the media fragment by fragment, pictures before sound, as players read it. Offsets count from the first byte
 * of media.
 */
function placeMedia({ sources, video, audio }: ClipPlan): Media {
  const tracks = (audio ? [video, audio] : [video]).map((track) => ({ track, next: 0, chunks: roomForChunks(track) }));
  const copies = new ClipCopies(
    sources,
    tracks.reduce((sum, { chunks }) => sum + chunks.offsets.length, 0),
  );
  for (let fragment = firstFragment(tracks); fragment < NO_FRAGMENT; fragment = firstFragment(tracks)) {
    for (const each of tracks) {
      const { samples } = each.track;
      const chunkAt = copies.mediaBytes;
      const first = each.next;
      const end = endOfFragment(samples, first, fragment);
      for (let i = first; i < end;) i = placeRow(samples, i, end, copies);
      each.next = end;
      if (end > first) addChunk(each.chunks, chunkAt, end - first);
    }
  }
  return { copies, chunks: new Map(tracks.map(({ track, chunks }) => [track, chunks])) };
}

/** One past the last sample of the fragment. */
function endOfFragment({ fragments, length }: SampleColumns, first: number, fragment: number): number {
  let end = first;
  while (end < length && fragments[end] === fragment) end += 1;
  return end;
}

/** Places the samples from `first` on that lie in a row in their source. @returns one past the last of them */
function placeRow({ sources, offsets, sizes }: SampleColumns, first: number, end: number, copies: ClipCopies): number {
  const offset = offsets[first] ?? NaN;
  let sizeBytes = sizes[first] ?? NaN;
  let next = first + 1;
  for (; next < end && offsets[next] === offset + sizeBytes; next++) sizeBytes += sizes[next] ?? NaN;
  copies.add(sources[first] ?? -1, offset, sizeBytes);
  return next;
}

/** Room for one chunk for each fragment in which the track has samples. */
function roomForChunks({ samples: { fragments, length } }: MovieTrack): Chunks {
  const most = (fragments[length - 1] ?? 0) - (fragments[0] ?? 0) + 1;
  return { length: 0, offsets: new Float64Array(most), samples: new Uint32Array(most) };
}

function addChunk(chunks: Chunks, offset: number, samples: number): void {
  chunks.offsets[chunks.length] = offset;
  chunks.samples[chunks.length] = samples;
  chunks.length += 1;
}

function firstFragment(tracks: readonly { track: MovieTrack; next: number }[]): number {
  let first = NO_FRAGMENT;
  for (const { track, next } of tracks) {
    const { fragments, length } = track.samples;
    if (next < length) first = Math.min(first, fragments[next] ?? NO_FRAGMENT);
  }
  return first;
}

function mediaHead(mediaBytes: number): Buffer {
  const large = mediaBytes + 8 > LARGE_BOX_BYTES;
  const head = Buffer.alloc(large ? 16 : 8);
  head.writeUInt32BE(large ? 1 : mediaBytes + 8, 0);
  head.write('mdat', 4, 'latin1');
  if (large) head.writeBigUInt64BE(BigInt(mediaBytes + 16), 8);
  return head;
}
