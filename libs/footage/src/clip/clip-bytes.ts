/** Reads the bytes of a laid-out clip from the footage, piece by piece. Memory holds one read. */
import type { FileHandle } from 'node:fs/promises';
import type { ClipLayout } from './clip-layout';
import type { Segment } from '../files/catalogue';
import { isNoFile } from '../files/open-footage';
import { openSegment } from '../read/open-segment';

export interface ClipBytesOptions {
  /** `end` is the last byte wanted. Without a range it gives all bytes. */
  range?: { start: number; end: number };
  /**
   * Every read goes into this buffer, so each result is valid until the next one is asked for. Without it each has its
   * own memory.
   */
  buffer?: Buffer;
}

const READ_BYTES = 1 << 17;

/** Throws ENOENT where footage was deleted since the clip was laid out. It never gives bytes of another file. */
export async function* clipBytes(
  { facts, head, copies }: ClipLayout,
  { range, buffer }: ClipBytesOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const { start, end } = range ?? { start: 0, end: facts.sizeBytes - 1 };
  if (start < head.length) yield head.subarray(start, Math.min(end + 1, head.length));
  let reading: { source: Segment; file: FileHandle } | undefined;
  try {
    for (let i = copies.find(start); i < copies.length; i++) {
      const copy = copies.get(i);
      if (!copy || copy.at > end) return;
      if (reading?.source !== copy.source) {
        await reading?.file.close();
        reading = undefined;
        reading = { source: copy.source, file: (await openSegment(copy.source)).file };
      }
      const from = copy.offset + Math.max(0, start - copy.at);
      const to = copy.offset + Math.min(copy.sizeBytes, end + 1 - copy.at);
      yield* stretchOf(reading, from, to, buffer);
    }
  } finally {
    await reading?.file.close();
  }
}

/** Whether all footage of a clip still exists. */
export async function isStillThere({ copies }: ClipLayout): Promise<boolean> {
  try {
    for (const source of copies.usedSources()) await (await openSegment(source)).file.close();
    return true;
  } catch (error) {
    if (isNoFile(error)) return false;
    throw error;
  }
}

async function* stretchOf(
  { source, file }: { source: Segment; file: FileHandle },
  from: number,
  to: number,
  buffer?: Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  for (let at = from; at < to;) {
    const target = buffer ?? Buffer.allocUnsafe(Math.min(READ_BYTES, to - at));
    const { bytesRead } = await file.read(target, 0, Math.min(target.length, to - at), at);
    if (bytesRead === 0) throw new Error(`${source.path} ends at byte ${at}, within a fragment`);
    yield target.subarray(0, bytesRead);
    at += bytesRead;
  }
}
