import { instantAt, moved, pinched, pixelOf, zoomed } from './time-scale';

const hour = { startMs: 1_000_000, endMs: 4_600_000, widthPixels: 720 };

describe('the scale of the timeline', () => {
  it('finds the pixel of an instant and the instant of a pixel', () => {
    expect(pixelOf(hour, 2_800_000)).toBe(360);
    expect(instantAt(hour, 360)).toBe(2_800_000);
    expect(instantAt(hour, pixelOf(hour, 3_333_333))).toBeCloseTo(3_333_333);
  });

  it('keeps what lies under the finger, on a drag', () => {
    const dragged = moved(hour, 100);
    expect(instantAt(dragged, 300)).toBeCloseTo(instantAt(hour, 200));
    expect(dragged.endMs - dragged.startMs).toBe(3_600_000);
  });

  it('keeps what lies under the cursor, on a zoom', () => {
    const closer = zoomed(hour, 200, 4);
    expect(closer.endMs - closer.startMs).toBe(900_000);
    expect(instantAt(closer, 200)).toBeCloseTo(instantAt(hour, 200));
  });

  it('goes from a second to a week and no further, and the cursor still keeps its instant', () => {
    const closest = zoomed(hour, 200, 1e9);
    expect(closest.endMs - closest.startMs).toBeCloseTo(1000);
    expect(instantAt(closest, 200)).toBeCloseTo(instantAt(hour, 200));
    const widest = zoomed(hour, 200, 1e-9);
    expect(widest.endMs - widest.startMs).toBeCloseTo(604_800_000);
  });

  it('keeps what lies under both fingers, on a pinch', () => {
    const spread = pinched(hour, [200, 300], [150, 450]);
    expect(instantAt(spread, 150)).toBeCloseTo(instantAt(hour, 200));
    expect(instantAt(spread, 450)).toBeCloseTo(instantAt(hour, 300));
  });

  it('only moves where two fingers lie on one point', () => {
    expect(pinched(hour, [200, 200], [250, 250])).toEqual(moved(hour, 50));
  });
});
