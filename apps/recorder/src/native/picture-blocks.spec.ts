import { BLOCK_BYTES, BlockPool } from '../footage/block-pool';
import { PictureBlocks } from './picture-blocks';

const filled = (sizeBytes: number, value: number): Buffer => Buffer.alloc(sizeBytes, value);

describe('the memory of pictures that arrive', () => {
  it('holds what comes after a picture that was dropped beyond the block of those before it', () => {
    const pool = new BlockPool();
    const pictures = new PictureBlocks(pool);
    const append = (bytes: Buffer): void => pictures.append(bytes, 0, bytes.length);
    const kept = Math.floor(BLOCK_BYTES * 0.8);
    append(filled(kept, 1));
    pictures.keep();
    append(filled(BLOCK_BYTES, 2)); // it goes on in a second block
    pictures.drop();
    const others = pool.lend(BLOCK_BYTES); // the block that went back belongs to another camera now
    others.forEach((block) => block.fill(9));
    append(filled(BLOCK_BYTES, 3));
    pictures.keep();
    const { parts } = pictures.cut(kept + BLOCK_BYTES);
    expect(Buffer.concat(parts).equals(Buffer.concat([filled(kept, 1), filled(BLOCK_BYTES, 3)]))).toBe(true);
    expect(others.every((block) => block.every((byte) => byte === 9))).toBe(true);
  });
});
