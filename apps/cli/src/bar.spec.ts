import fc from 'fast-check';
import { bar } from './bar';

describe('the time line', () => {
  it('shows every gap, however short', () => {
    const spans = [
      { startMs: 0, endMs: 1000 },
      { startMs: 1100, endMs: 2000 },
      { startMs: 2000, endMs: 2400 },
      { startMs: 3100, endMs: 3200 },
    ];
    expect(bar(spans, { startMs: 0, endMs: 5000 }, 5)).toBe('█▓░░·');
  });

  it('takes seams between segments for none', () => {
    const segments = Array.from({ length: 10 }, (_, i) => ({ startMs: i * 1000, endMs: i * 1000 + 990 }));
    expect(bar([...segments, { startMs: 10_000, endMs: 11_000 }], { startMs: 0, endMs: 10_000 }, 4)).toBe('████');
  });

  it('is as wide as asked for, and full or empty only where it is', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 100, max: 3000 }))
      .map(([startMs, ms]) => ({ startMs, endMs: startMs + ms }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (unsorted, width) => {
        const spans = unsorted.sort((a, b) => a.startMs - b.startMs);
        const shown = bar(spans, { startMs: 0, endMs: 10_000 }, width);
        expect(shown).toHaveLength(width);
        const cellMs = 10_000 / width;
        Array.from(shown).forEach((character, i) => {
          const touched = spans.some(
            ({ startMs, endMs }) => startMs < (i + 1) * cellMs - 1e-6 && endMs > i * cellMs + 1e-6,
          );
          if (character === '·') expect(touched).toBe(false);
          if (touched) expect('█▓░').toContain(character);
        });
      }),
    );
  });
});
