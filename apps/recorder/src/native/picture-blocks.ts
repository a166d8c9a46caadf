/**
 * Memory for pictures that arrive, in blocks of the pool, one behind the other. What a fragment holds is cut off and
 * goes to the disk; the picture that has begun behind it moves into a block of its own.
 */
import type { PictureMemory } from '@vr/rtsp';
import { BLOCK_BYTES, type BlockPool } from '../footage/block-pool';

export interface CutBlocks {
  /** The bytes, in order. */
  parts: Buffer[];
  /** What they lie in: goes back to the pool. */
  blocks: Buffer[];
}

export class PictureBlocks implements PictureMemory {
  private blocks: Buffer[] = [];
  /** The last of them. */
  private last: Buffer = Buffer.alloc(0);
  private sizeBytes = 0;
  /** Where the picture under way begins. */
  private pictureAt = 0;

  constructor(private readonly pool: BlockPool) {}

  append(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to;) {
      const offset = this.sizeBytes % BLOCK_BYTES;
      if (offset === 0) {
        const [block] = this.pool.lend(BLOCK_BYTES);
        if (block) this.blocks.push((this.last = block));
      }
      const count = Math.min(to - at, BLOCK_BYTES - offset);
      // As Buffer.copy, without its checks of what is known here: this is done for each packet.
      this.last.set(new Uint8Array(bytes.buffer, bytes.byteOffset + at, count), offset);
      at += count;
      this.sizeBytes += count;
    }
  }

  patchUint32(at: number, value: number): void {
    const place = this.pictureAt + at;
    const block = this.blocks[Math.floor(place / BLOCK_BYTES)];
    const offset = place % BLOCK_BYTES;
    if (block && offset + 4 <= BLOCK_BYTES) block.writeUInt32BE(value, offset);
    else for (let i = 0; i < 4; i++) this.setByte(place + i, (value >>> (24 - 8 * i)) & 255);
  }

  private setByte(place: number, value: number): void {
    this.blocks[Math.floor(place / BLOCK_BYTES)]?.writeUInt8(value, place % BLOCK_BYTES);
  }

  drop(): void {
    this.sizeBytes = this.pictureAt;
    const needed = Math.ceil(this.sizeBytes / BLOCK_BYTES);
    this.pool.giveBack(this.blocks.splice(needed));
    // What was given back is somebody else's by now.
    this.last = this.blocks.at(-1) ?? Buffer.alloc(0);
  }

  /** The picture under way is whole; the next one begins. */
  keep(): void {
    this.pictureAt = this.sizeBytes;
  }

  /** Cuts off the first `sizeBytes` bytes. What is behind them moves. */
  cut(sizeBytes: number): CutBlocks {
    const blocks = this.blocks;
    const behind = this.partsOf(blocks, sizeBytes, this.sizeBytes);
    const parts = this.partsOf(blocks, 0, sizeBytes);
    const pictureAt = this.pictureAt - sizeBytes;
    this.blocks = [];
    this.sizeBytes = 0;
    for (const part of behind) this.append(part, 0, part.length);
    this.pictureAt = pictureAt;
    return { parts, blocks };
  }

  /** Gives everything back. */
  release(): void {
    this.pool.giveBack(this.blocks.splice(0));
    this.sizeBytes = 0;
    this.pictureAt = 0;
  }

  private partsOf(blocks: readonly Buffer[], from: number, to: number): Buffer[] {
    return blocks.flatMap((block, i) => {
      const begin = Math.max(0, from - i * BLOCK_BYTES);
      const end = Math.min(BLOCK_BYTES, to - i * BLOCK_BYTES);
      return begin < end ? [block.subarray(begin, end)] : [];
    });
  }
}
