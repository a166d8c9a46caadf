import { inOrderOfWorth, overBudget } from './budgets';
import type { StoredItem } from './stored';

const clip = (agedFromMs: number, sizeBytes: number, byHand = false): StoredItem => ({
  ...{
    kind: 'clip',
    cameraId: 'cam_1',
    startMs: 0,
    endMs: 0,
    agedFromMs,
    sizeBytes,
    tree: 'clips',
    objectBytes: 0,
    onlyCopy: false,
  },
  ...{ spareBytes: sizeBytes, spareObjectBytes: 0, wholeMayGo: byHand, byHand, place: undefined },
});
const order = (maxBytes: number, ...items: StoredItem[]): number[] =>
  inOrderOfWorth(items, maxBytes).map(({ agedFromMs }) => agedFromMs);

describe('a budget', () => {
  const budget = { kind: 'clip' as const, maxBytes: 100, otherBytes: 0, wantedBytes: 0 };

  it('is too full above its bytes, and then emptied a little further, or as far as a writer needs', () => {
    expect(overBudget(budget, 100)).toBe(0);
    expect(overBudget(budget, 101)).toBe(6);
    expect(overBudget({ ...budget, otherBytes: 50 }, 60)).toBe(15);
    expect(overBudget({ ...budget, wantedBytes: 20 }, 80)).toBe(0);
    expect(overBudget({ ...budget, wantedBytes: 20 }, 81)).toBe(1);
    expect(overBudget({ ...budget, wantedBytes: 2 }, 99)).toBe(4);
  });

  it('is not emptied for what can never fit', () => {
    expect(overBudget({ ...budget, wantedBytes: 101 }, 90)).toBe(0);
  });

  it('lets the oldest go first, whoever made it, as long as what was asked for by hand has no more than half', () => {
    expect(order(100, clip(3, 30), clip(1, 20, true), clip(2, 30), clip(4, 30, true))).toEqual([1, 2, 3, 4]);
  });

  it('lets what was asked for by hand and is above half go before the clips of events, the oldest of it first', () => {
    expect(
      order(100, clip(1, 30), clip(2, 20, true), clip(3, 20, true), clip(4, 30, true), clip(5, 20, true), clip(6, 1)),
    ).toEqual([2, 3, 1, 4, 5, 6]);
  });
});
