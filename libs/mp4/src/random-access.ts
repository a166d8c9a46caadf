/**
 * `mfra` (14496-12, 8.8.9 to 8.8.11) lists the places of the key frames at the end of a closed segment. Its last 4
 * bytes tell where it begins.
 */
import { box, fullBox, u32 } from './box-writer';
import { BoxError, findBox, readBoxHeader, readingBoxes } from './boxes';

export interface KeyFragment {
  /** Time of the key frame, in the video track's ticks since the segment's start. */
  ticks: number;
  /** Byte offset of the fragment's `moof`. */
  moofOffset: number;
}

/** `mfro` is the last box. Its size field holds the length of `mfra`. */
export const MFRO_BYTES = 16;
const ENTRY_BYTES = 19;

export function buildRandomAccess(trackId: number, keys: readonly KeyFragment[]): Buffer {
  const entries = Buffer.alloc(keys.length * ENTRY_BYTES, 1);
  keys.forEach(({ ticks, moofOffset }, i) => {
    entries.writeBigUInt64BE(BigInt(ticks), i * ENTRY_BYTES);
    entries.writeBigUInt64BE(BigInt(moofOffset), i * ENTRY_BYTES + 8);
  });
  // Version 1 has times and offsets of 64 bits. The 0 makes traf, trun and sample numbers one byte each, all 1.
  const tfra = fullBox('tfra', 1, 0, u32(trackId, 0, keys.length), entries);
  const mfraBytes = 8 + tfra.length + MFRO_BYTES;
  return box('mfra', tfra, fullBox('mfro', 0, 0, u32(mfraBytes)));
}

/** The length of the `mfra` that ends with these bytes. Undefined where there is none. */
export function randomAccessBytes(lastBytes: Buffer): number | undefined {
  const mfro = lastBytes.subarray(-MFRO_BYTES);
  if (mfro.length < MFRO_BYTES || mfro.toString('latin1', 4, 8) !== 'mfro') return undefined;
  return mfro.readUInt32BE(12);
}

/** Reads an `mfra` that begins at byte 0. Throws BoxError where it is damaged or not one of ours. */
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
