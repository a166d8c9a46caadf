import fc from 'fast-check';
import { Intervals, type Span } from './intervals';

describe('spans of time', () => {
  const intervals = new Intervals([
    { startMs: 10, endMs: 20 },
    { startMs: 15, endMs: 30 },
    { startMs: 40, endMs: 50 },
  ]);
  it.each([
    [0, 10, false],
    [0, 11, true],
    [29, 35, true],
    [30, 40, false],
    [30, 41, true],
    [50, 60, false],
    [10, 10, true],
    [30, 30, false],
    [0, 100, true],
  ])('touch [%i, %i): %s', (startMs, endMs, touches) => expect(intervals.touches(startMs, endMs)).toBe(touches));

  it('touch what any of them touches', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 }))
      .map(([startMs, length]): Span => ({ startMs, endMs: startMs + length }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), span, (spans, { startMs, endMs }) => {
        expect(new Intervals(spans).touches(startMs, endMs)).toBe(
          spans.some((one) => one.startMs < endMs && one.endMs > startMs),
        );
      }),
      { numRuns: 10_000 },
    );
  });
});
