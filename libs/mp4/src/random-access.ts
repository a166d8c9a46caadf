/**
 * `mfra` (14496-12, 8.8.9 to 8.8.11): where the key frames are, at the end of a closed segment, found from its last 4
 * bytes.
 */
import { box, fullBox, u32 } from './box-writer';
import { BoxError, findBox, readBoxHeader, readingBoxes } from './boxes';

export interface KeyFragment {
  /** Of the key frame, in the video track's ticks from the segment's start. */
  ticks: number;
  /** Byte offset of the fragment's `moof`. */
  moofOffset: number;
}

/** `mfro`, the last box: its size field says how long `mfra` is. */
export const MFRO_BYTES = 16;
const ENTRY_BYTES = 19;

export function buildRandomAccess(trackId: number, keys: readonly KeyFragment[]): Buffer {
  const entries = Buffer.alloc(keys.length * ENTRY_BYTES, 1);
  keys.forEach(({ ticks, moofOffset }, i) => {
    entries.writeBigUInt64BE(BigInt(ticks), i * ENTRY_BYTES);
    entries.writeBigUInt64BE(BigInt(moofOffset), i * ENTRY_BYTES + 8);
  });
  // Version 1: times and offsets of 64 bits. The 0: traf, trun and sample numbers of one byte each, all 1.
  const tfra = fullBox('tfra', 1, 0, u32(trackId, 0, keys.length), entries);
  const mfraBytes = 8 + tfra.length + MFRO_BYTES;
  return box('mfra', tfra, fullBox('mfro', 0, 0, u32(mfraBytes)));
}

/** How long the `mfra` is whose last bytes these are; undefined where there is none. */
export function randomAccessBytes(lastBytes: Buffer): number | undefined {
  const mfro = lastBytes.subarray(-MFRO_BYTES);
  if (mfro.length < MFRO_BYTES || mfro.toString('latin1', 4, 8) !== 'mfro') return undefined;
  return mfro.readUInt32BE(12);
}

/** Reads an `mfra` that begins at byte 0. Throws BoxError on one that is damaged, or not of our making. */
export function parseRandomAccess(buffer: Buffer): KeyFragment[] {
  return readingBoxes(() => parseEntries(buffer));
}

function parseEntries(buffer: Buffer): KeyFragment[] {
  const mfra = readBoxHeader(buffer, 0);
  const tfra = mfra?.type === 'mfra' ? findBox(buffer, mfra, 'tfra') : undefined;
  if (!tfra || buffer.readUInt8(tfra.payload) !== 1 || buffer.readUInt32BE(tfra.payload + 8) !== 0) {
    throw new BoxError('an mfra that is not one of ours');
  }
  const count = buffer.readUInt32BE(tfra.payload + 12);
  if (tfra.payload + 16 + count * ENTRY_BYTES > tfra.end)
    throw new BoxError(`a tfra of ${count} entries that its box does not hold`);
  return Array.from({ length: count }, (_, i) => {
    const at = tfra.payload + 16 + i * ENTRY_BYTES;
    return { ticks: Number(buffer.readBigUInt64BE(at)), moofOffset: Number(buffer.readBigUInt64BE(at + 8)) };
  });
}
