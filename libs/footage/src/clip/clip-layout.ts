/**
 * Lays out a plain fast-start MP4 from recorded fragments. The head is made; the media stays where it is. It encodes
 * nothing and needs no other program, and the same footage always gives the same bytes. It costs reading the fragments'
 * headers. Memory holds the sample table, some 50 bytes a picture, and then the head.
 */
import type { Segment } from '../files/catalogue';
import type { ClipPiece } from './clip-pieces';
import { planClip, type ClipPlan } from './clip-plan';
import { box, moveChunks, movieBox, type Chunks, type ClipTexts, type MovieTrack } from '@vr/mp4';

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
  copies: Copy[];
}

export interface Copy {
  source: Segment;
  /** In the source. */
  offset: number;
  sizeBytes: number;
  /** In the clip. */
  at: number;
}

const LARGE_BOX_BYTES = 0xffff_ffff;

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
  const isOther = (piece: ClipPiece): boolean => !piece.init.setUp.equals(init.setUp);
  if (pieces.some(isOther)) throw new Error('layOutClip: wanted pieces of one set-up');
  const plan = await planClip(pieces, startMs, endMs);
  const { copies, chunks, mediaBytes } = placeMedia(plan);
  const brand = init.video.codec === 'hevc' ? 'hvc1' : 'avc1';
  const ftyp = box('ftyp', Buffer.from(`isom\u0000\u0000\u0002\u0000isomiso2${brand}mp41`, 'latin1'));
  const mdat = mediaHead(mediaBytes);
  const moov = movieBox(init, plan, chunks, texts);
  const headBytes = ftyp.length + moov.length + mdat.length;
  // Every offset has 64 bits, so the size of the head does not depend on their values.
  moveChunks(moov, headBytes);
  for (const copy of copies) copy.at += headBytes;
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
  copies: Copy[];
  chunks: Map<MovieTrack, Chunks>;
  mediaBytes: number;
}

/**
 * Places the media fragment by fragment, pictures before sound, as players read it. Offsets count from the first byte
 * of media.
 */
function placeMedia({ sources, video, audio }: ClipPlan): Media {
  const copies: Copy[] = [];
  const tracks = (audio ? [video, audio] : [video]).map((track) => ({ track, next: 0, chunks: roomForChunks(track) }));
  let mediaBytes = 0;
  let last: Copy | undefined;
  for (let fragment = firstFragment(tracks); fragment < Infinity; fragment = firstFragment(tracks)) {
    for (const each of tracks) {
      const { samples } = each.track;
      const chunkAt = mediaBytes;
      const first = each.next;
      for (let i = each.next; samples.fragments[i] === fragment; i = ++each.next) {
        const offset = samples.offsets[i] ?? NaN;
        const sizeBytes = samples.sizes[i] ?? NaN;
        const source = sources[samples.sources[i] ?? -1];
        if (!source) throw new Error(`layOutClip: sample ${i} is of no source`);
        if (last?.source === source && last.offset + last.sizeBytes === offset) last.sizeBytes += sizeBytes;
        else copies.push((last = { source, offset, sizeBytes, at: mediaBytes }));
        mediaBytes += sizeBytes;
      }
      if (each.next > first) addChunk(each.chunks, chunkAt, each.next - first);
    }
  }
  return { copies, chunks: new Map(tracks.map(({ track, chunks }) => [track, chunks])), mediaBytes };
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
  let first = Infinity;
  for (const { track, next } of tracks) first = Math.min(first, track.samples.fragments[next] ?? Infinity);
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
