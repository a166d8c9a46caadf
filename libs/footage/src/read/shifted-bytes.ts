/**
 * The bytes of a segment with its media time moved, for players that want one time line over several segments. Each
 * segment counts from its own start, and programs of libav drop pictures whose time falls back. Only `tfdt` and `prft`
 * change on the way out. The files stay as they are, and no byte moves.
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

/** Bytes `start` to `end` (the last wanted one) of a file whose fragments `index` knows. Memory holds one fragment. */
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
    // Up to the next fragment with pictures. A fragment with sound alone may lie in between.
    const to = fragments[i + 1]?.offset ?? endOffset;
    if (to <= start) continue;
    const bytes = shifted(await readBytes(file, from, to - from), index, shiftMs);
    yield bytes.subarray(Math.max(0, start - from), end + 1 - from);
  }
  yield* plainBytes(file, Math.max(start, endOffset), end);
}

/** Changes the bytes in place. */
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
