/** Builds boxes (14496-12, 4.2). */
import { endianness } from 'node:os';

export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 8),
    0,
  );
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** Words of 32 bits each, big-endian. Negative values work, too. */
export const table = (values: ArrayLike<number>): Buffer => {
  const words = new Uint32Array(values);
  const bytes = Buffer.from(words.buffer);
  return endianness() === 'BE' ? bytes : bytes.swap32();
};
export const u32 = (...values: readonly number[]): Buffer => table(values);
export const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
export const fullBox = (type: string, version: number, flags: number, ...parts: readonly Buffer[]): Buffer =>
  box(type, u32((version << 24) | flags), ...parts);
