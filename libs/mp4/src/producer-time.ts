/**
 * `prft`, ProducerReferenceTimeBox (14496-12, 8.16.5), tells any reader the wall-clock time of a fragment's first
 * sample.
 */

export const PRFT_BYTES = 32;
/** NTP counts from 1900. */
const NTP_EPOCH_OFFSET_S = 2_208_988_800;

export function writeProducerTime(
  target: Buffer,
  offset: number,
  o: { trackId: number; wallMs: number; mediaTicks: number },
): void {
  target.writeUInt32BE(PRFT_BYTES, offset);
  target.write('prft', offset + 4, 'latin1');
  target.writeUInt32BE(0x01000000, offset + 8); // version 1: media_time has 64 bits
  target.writeUInt32BE(o.trackId, offset + 12);
  target.writeUInt32BE(Math.floor(o.wallMs / 1000) + NTP_EPOCH_OFFSET_S, offset + 16);
  target.writeUInt32BE(Math.floor(((((o.wallMs % 1000) + 1000) % 1000) / 1000) * 2 ** 32), offset + 20);
  target.writeBigUInt64BE(BigInt(Math.max(0, Math.round(o.mediaTicks))), offset + 24);
}

export interface ProducerTime {
  wallMs: number;
  /** Media time of the first sample, in the video track's ticks from the segment's start. */
  mediaTicks: number;
}

/** Reads the 32 bytes that `writeProducerTime` writes. Undefined where the box has another form. */
export function readProducerTime(box: Buffer): ProducerTime | undefined {
  if (box.length !== PRFT_BYTES || box.readUInt8(8) !== 1) return undefined;
  const seconds = box.readUInt32BE(16) - NTP_EPOCH_OFFSET_S;
  return {
    wallMs: seconds * 1000 + (box.readUInt32BE(20) / 2 ** 32) * 1000,
    mediaTicks: Number(box.readBigUInt64BE(24)),
  };
}
