/**
 * `mfra` (14496-12, 8.8.9 to 8.8.11): where the key frames are, at the end of a closed segment, found from its last 4
 * bytes.
 */
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
  const tfraBytes = 24 + keys.length * ENTRY_BYTES;
  const mfraBytes = 8 + tfraBytes + MFRO_BYTES;
  const box = Buffer.alloc(mfraBytes);
  box.writeUInt32BE(mfraBytes, 0);
  box.write('mfra', 4, 'latin1');
  box.writeUInt32BE(tfraBytes, 8);
  box.write('tfra', 12, 'latin1');
  box.writeUInt32BE(0x01000000, 16); // version 1: 64-bit times and offsets
  box.writeUInt32BE(trackId, 20);
  box.writeUInt32BE(0, 24); // traf, trun and sample numbers of one byte each
  box.writeUInt32BE(keys.length, 28);
  let at = 32;
  for (const { ticks, moofOffset } of keys) {
    box.writeBigUInt64BE(BigInt(ticks), at);
    box.writeBigUInt64BE(BigInt(moofOffset), at + 8);
    box.fill(1, at + 16, at + ENTRY_BYTES);
    at += ENTRY_BYTES;
  }
  box.writeUInt32BE(MFRO_BYTES, at);
  box.write('mfro', at + 4, 'latin1');
  box.writeUInt32BE(mfraBytes, at + 12);
  return box;
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
