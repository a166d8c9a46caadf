import { readRangeHeader } from './send';

describe('a Range header on 100 bytes', () => {
  it.each([
    [undefined, undefined],
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=50-1000', { start: 50, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-0', undefined],
    ['bytes=0-1,5-6', undefined],
    ['pages=1-2', undefined],
  ])('%s', (header, range) => {
    expect(readRangeHeader(header, 100)).toEqual(range);
  });

  it('finds nothing in an empty file', () => {
    expect(readRangeHeader('bytes=0-', 0)).toBe('unsatisfiable');
  });
});
