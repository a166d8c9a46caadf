/**
 * A plain fast-start MP4 out of recorded fragments: nothing is encoded, no other program is needed, and the same footage always gives
 * the same bytes. It costs one read and one write of the clip; memory holds its sample table and one fragment's samples.
 */
import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { planClip, type ClipPlan, type ClipSample, type ClipTrack } from './clip-plan';
import { box, movieBox, type Chunk, type ClipTexts } from './movie-box';
import { openFootage } from './open-footage';
import type { Piece } from './range';

export type { ClipTexts } from './movie-box';

export interface WrittenClip {
  /** What players show, epoch ms: the first frame's stamp, and the end of the last. */
  startMs: number;
  endMs: number;
  sizeBytes: number;
  /** Hex. */
  sha256: string;
  codec: string;
  width: number;
  height: number;
  audioCodec?: string;
}

interface Copy {
  path: string;
  offset: number;
  sizeBytes: number;
}

const READ_BYTES = 1 << 20;
const LARGE_BOX_BYTES = 0xffff_ffff;

/**
 * Writes the frames of `pieces` (same init, in order) stamped in `[startMs, endMs)` to `targetPath`, which must not exist. It holds everything
 * from the key frame at or before the first of them and shows, by edit lists (14496-12, 8.6.6), exactly the wanted frames, and
 * sound to the sample.
 */
export async function writeClip(
  pieces: readonly Piece[],
  startMs: number,
  endMs: number,
  targetPath: string,
  texts: ClipTexts,
  signal?: AbortSignal,
): Promise<WrittenClip> {
  const init = pieces[0]?.index.init;
  if (!init) throw new Error('writeClip: wanted at least one piece');
  if (pieces.some(({ index }) => !index.init.setUp.equals(init.setUp))) throw new Error('writeClip: wanted pieces of one init segment');
  const plan = await planClip(pieces, startMs, endMs);
  const { copies, chunks, mediaBytes } = layOut(plan);
  const ftyp = box('ftyp', Buffer.from(`isom\u0000\u0000\u0002\u0000isomiso2${init.video.codec === 'hevc' ? 'hvc1' : 'avc1'}mp41`, 'latin1'));
  const mdat = mediaHead(mediaBytes);
  // Offsets stand in 64 bits whatever they are, so the box's size does not depend on them.
  const zeroSize = movieBox(init, plan, chunksFrom(chunks, 0), texts).length;
  const moov = movieBox(init, plan, chunksFrom(chunks, ftyp.length + zeroSize + mdat.length), texts);
  const hash = createHash('sha256');
  const target = await open(targetPath, 'wx');
  try {
    const head = Buffer.concat([ftyp, moov, mdat]);
    hash.update(head);
    await target.writeFile(head);
    await copyAll(copies, target, hash, signal);
    return {
      startMs: plan.startMs,
      endMs: plan.endMs,
      sizeBytes: head.length + mediaBytes,
      sha256: hash.digest('hex'),
      codec: init.video.codec,
      width: init.video.width,
      height: init.video.height,
      ...(plan.audio && { audioCodec: plan.audio.track.codec }),
    };
  } finally {
    await target.close();
  }
}

/** Fragment by fragment, pictures then sound, as players read them. Offsets count from the first byte of media. */
function layOut({ video, audio }: ClipPlan): { copies: Copy[]; chunks: Map<ClipTrack, Chunk[]>; mediaBytes: number } {
  const tracks = audio ? [video, audio] : [video];
  const chunks = new Map<ClipTrack, Chunk[]>(tracks.map((track) => [track, []]));
  const copies: Copy[] = [];
  let mediaBytes = 0;
  const queues = tracks.map((track) => ({ track, fragments: byFragment(track.samples) }));
  const numbers = [...new Set(queues.flatMap(({ fragments }) => [...fragments.keys()]))].sort((a, b) => a - b);
  for (const number of numbers) {
    for (const { track, fragments } of queues) {
      const samples = fragments.get(number) ?? [];
      if (samples.length === 0) continue;
      chunks.get(track)?.push({ offset: mediaBytes, samples: samples.length });
      for (const { path, offset, sizeBytes } of samples) {
        const last = copies.at(-1);
        if (last?.path === path && last.offset + last.sizeBytes === offset) last.sizeBytes += sizeBytes;
        else copies.push({ path, offset, sizeBytes });
        mediaBytes += sizeBytes;
      }
    }
  }
  return { copies, chunks, mediaBytes };
}

function byFragment(samples: readonly ClipSample[]): Map<number, ClipSample[]> {
  const fragments = new Map<number, ClipSample[]>();
  for (const sample of samples) {
    const fragment = fragments.get(sample.fragment);
    if (fragment) fragment.push(sample);
    else fragments.set(sample.fragment, [sample]);
  }
  return fragments;
}

function chunksFrom(chunks: Map<ClipTrack, Chunk[]>, zero: number): (track: ClipTrack) => Chunk[] {
  return (track) => (chunks.get(track) ?? []).map(({ offset, samples }) => ({ offset: zero + offset, samples }));
}

function mediaHead(mediaBytes: number): Buffer {
  const large = mediaBytes + 8 > LARGE_BOX_BYTES;
  const head = Buffer.alloc(large ? 16 : 8);
  head.writeUInt32BE(large ? 1 : mediaBytes + 8, 0);
  head.write('mdat', 4, 'latin1');
  if (large) head.writeBigUInt64BE(BigInt(mediaBytes + 16), 8);
  return head;
}

async function copyAll(copies: readonly Copy[], target: FileHandle, hash: Hash, signal?: AbortSignal): Promise<void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let source: { path: string; file: FileHandle } | undefined;
  try {
    for (const { path, offset, sizeBytes } of copies) {
      if (source?.path !== path) {
        await source?.file.close();
        source = undefined;
        source = { path, file: await openFootage(path) };
      }
      for (let done = 0; done < sizeBytes; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.file.read(buffer, 0, Math.min(READ_BYTES, sizeBytes - done), offset + done);
        if (bytesRead === 0) throw new Error(`${path} ends at byte ${offset + done}, within a fragment`);
        const bytes = buffer.subarray(0, bytesRead);
        hash.update(bytes);
        await target.writeFile(bytes);
        done += bytesRead;
      }
    }
  } finally {
    await source?.file.close();
  }
}
