/**
 * A segment's bytes with its media time moved, for players that want one time line over several segments: each counts
 * from its own start, and programs of libav drop what falls back. The files stay as they are; `tfdt` and `prft` are
 * changed on the way out. No byte moves.
 */
import type { FileHandle } from 'node:fs/promises';
import {
  BoxError,
  boxesIn,
  parseFragmentHeader,
  writeBaseDecodeTime,
  PRFT_BYTES,
  readProducerTime,
  writeProducerTime,
} from '@vr/mp4';
import { readBytes, type SegmentIndex } from './segment-index';

const READ_BYTES = 1 << 18;

/** Bytes `start` to `end` (the last wanted) of a file whose fragments `index` knows. Memory: one fragment. */
export async function* shiftedBytes(
  file: FileHandle,
  index: SegmentIndex,
  shiftMs: number,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Buffer, void, undefined> {
  const { fragments, endOffset } = index;
  yield* plainBytes(file, start, Math.min(end, (fragments[0]?.offset ?? endOffset) - 1));
  for (
    let i = Math.max(
      0,
      fragments.findLastIndex(({ offset }) => offset <= start),
    );
    ;
    i++
  ) {
    const from = fragments[i]?.offset;
    if (from === undefined || from > end) break;
    // To the next fragment with pictures: one with sound alone may stand behind it.
    const to = fragments[i + 1]?.offset ?? endOffset;
    if (to <= start) continue;
    const bytes = shifted(await readBytes(file, from, to - from), index, shiftMs);
    yield bytes.subarray(Math.max(0, start - from), end + 1 - from);
  }
  yield* plainBytes(file, Math.max(start, endOffset), end);
}

/** In place. */
function shifted(bytes: Buffer, { init }: SegmentIndex, shiftMs: number): Buffer {
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (box.type === 'moof') {
      for (const fragment of parseFragmentHeader(bytes, box, init)) {
        writeBaseDecodeTime(
          bytes,
          fragment,
          fragment.baseDecodeTime + Math.round((shiftMs / 1000) * fragment.track.timescale),
        );
      }
    } else if (box.type === 'prft') {
      const stamp = readProducerTime(bytes.subarray(box.start, box.end));
      const mediaTicks = (stamp?.mediaTicks ?? 0) + (shiftMs / 1000) * init.video.timescale;
      if (stamp && box.end - box.start === PRFT_BYTES)
        writeProducerTime(bytes, box.start, { trackId: init.video.id, wallMs: stamp.wallMs, mediaTicks });
    }
  }
  return bytes;
}

async function* plainBytes(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = start; at <= end;) {
    const { bytesRead, buffer } = await file.read(
      Buffer.allocUnsafe(Math.min(READ_BYTES, end + 1 - at)),
      0,
      undefined,
      at,
    );
    if (bytesRead === 0) throw new BoxError(`wanted bytes ${at} to ${end}, the file ends before`);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
