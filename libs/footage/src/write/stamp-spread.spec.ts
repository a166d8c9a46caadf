import { StampSpread } from './stamp-spread';

const TIMESCALE = 90_000;
const PICTURE = 3600;

/**
 * What ffmpeg makes of pictures that share one stamp in groups of `clump`. A fragment has half a second, or reaches up
 * to a key frame each second.
 */
function clumped(clump: number, pictures: number): number[][] {
  const durations = Array.from({ length: pictures }, (_, i) =>
    (i + 1) % clump === 0 ? clump * PICTURE - (clump - 1) : 1,
  );
  const fragments: number[][] = [[]];
  let ticks = 0;
  durations.forEach((each, i) => {
    if (ticks >= TIMESCALE / 2 || (i > 0 && i % 25 === 0)) {
      fragments.push([]);
      ticks = 0;
    }
    fragments.at(-1)?.push(each);
    ticks += each;
  });
  return fragments;
}

function spreadAll(fragments: number[][]): number[] {
  const spread = new StampSpread();
  return fragments.flatMap((fragment) => [...spread.spread(fragment, TIMESCALE)]);
}

describe('StampSpread', () => {
  it('leaves stamps that say something as they are, also uneven ones', () => {
    const spread = new StampSpread();
    const fragment = [3600, 1800, 7200, 100, 3600];
    expect(spread.spread(fragment, TIMESCALE)).toBe(fragment);
    expect(spread.repairing).toBe(false);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'gives each of %i pictures with one stamp its share, wherever the fragments are cut',
    (clump) => {
      const even = spreadAll(clumped(clump, 50 * clump));
      expect(even).toHaveLength(50 * clump);
      for (const ticks of even) expect(Math.abs(ticks - PICTURE)).toBeLessThan(2);
    },
  );

  it('gives pictures whose stamps went back the usual length', () => {
    const back = [
      ...new Array<number>(7).fill(PICTURE),
      ...new Array<number>(12).fill(1),
      1788,
      ...new Array<number>(5).fill(PICTURE),
    ];
    const even = spreadAll([new Array<number>(12).fill(PICTURE), back]);
    for (const ticks of even) expect(ticks).toBeCloseTo(PICTURE, 0);
  });

  it('counts pictures whose stamps stand still', () => {
    const still = Array.from({ length: 10 }, () => new Array<number>(25).fill(1));
    const even = spreadAll([new Array<number>(12).fill(PICTURE), ...still]);
    for (const ticks of even) expect(ticks).toBe(PICTURE);
  });

  it('finds the length of pictures that become much shorter', () => {
    const spread = new StampSpread();
    spread.spread(new Array<number>(10).fill(9000), TIMESCALE);
    const pair = [1, 1499 * 2];
    const last = Array.from({ length: 40 }, () => spread.spread([...pair, ...pair, ...pair], TIMESCALE)).at(-1);
    for (const ticks of last ?? []) expect(ticks).toBe(1499.5);
  });
});
