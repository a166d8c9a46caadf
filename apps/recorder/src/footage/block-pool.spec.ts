import fc from 'fast-check';
import { BLOCK_BYTES, BlockPool } from './block-pool';

describe('BlockPool', () => {
  it('lends the same memory again', () => {
    const pool = new BlockPool();
    const first = pool.lend(3 * BLOCK_BYTES);
    pool.giveBack(first);
    expect(new Set(pool.lend(2 * BLOCK_BYTES + 1))).toEqual(new Set(first));
  });

  it('keeps the blocks of a burst only as long as another may come, and tells the collector', () => {
    let collections = 0;
    const pool = new BlockPool(() => collections++);
    pool.giveBack(pool.lend(1000 * BLOCK_BYTES));
    const calm = (): void => {
      for (let loan = 0; loan < 1024; loan++) pool.giveBack(pool.lend(1));
    };
    expect(pool.spareBytes).toBe(1000 * BLOCK_BYTES);
    calm();
    calm();
    expect(pool.spareBytes).toBe(BLOCK_BYTES);
    expect(collections).toBeGreaterThan(0);
  });

  it('never lends a block twice, whatever is lent and given back', () => {
    const step = fc.oneof(fc.integer({ min: 1, max: 20 * BLOCK_BYTES }), fc.constant('giveBack' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const pool = new BlockPool();
        const out: Buffer[][] = [];
        for (const each of steps) {
          if (each === 'giveBack') pool.giveBack(out.shift() ?? []);
          else out.push(pool.lend(each));
          const blocks = out.flat();
          expect(new Set(blocks).size).toBe(blocks.length);
        }
      }),
    );
  });
});
