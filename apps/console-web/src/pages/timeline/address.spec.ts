import { readAddress, readSelection, selectionText } from './address';

describe('the address of the timeline', () => {
  it('gives what it holds', () => {
    const search = { cam: 'cam_1,cam_2', at: 1000.5, from: 900, to: 1900, rate: 8, still: 1, sel: '950-960.5' };
    expect(readAddress(search)).toEqual(search);
  });

  it.each([
    ['no numbers', { at: 'x', from: {}, to: [], rate: 'NaN', still: true, sel: 5 }],
    ['instants that no clock has', { at: 1e300, from: -1, to: Infinity }],
    ['a view that is too short, or turned round, a rate beyond the scale', { from: 10, to: 10.5, rate: 1e9 }],
    ['a selection that ends before it begins', { sel: '20-10' }],
  ])('leaves out %s', (_, search) => {
    expect(Object.values(readAddress(search)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('takes a camera whose id is a number', () => {
    expect(readAddress({ cam: 7 }).cam).toBe('7');
  });

  it('holds a selection to the millisecond', () => {
    const span = { startMs: 1_795_000_000_123, endMs: 1_795_000_010_456 };
    expect(readSelection(selectionText(span))).toEqual(span);
  });
});
