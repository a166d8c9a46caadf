import fc from 'fast-check';
import { parseLooseJson } from './loose-json';

describe('JSON as real programs write it', () => {
  it.each<[string, string, unknown]>([
    ["Python's NaN", '{"score": NaN, "box": [1.5, NaN]}', { score: null, box: [1.5, null] }],
    ["Python's infinities", '[Infinity, -Infinity]', [null, null]],
    ["C's and Go's", '[nan,-nan,inf,-inf,+Inf,NAN]', [null, null, null, null, null, null]],
    [
      'NaN that is text',
      '{"NaN": "NaN, Infinity \\" -Infinity", "a": NaN}',
      { NaN: 'NaN, Infinity " -Infinity', a: null },
    ],
    [
      'a 64-bit id',
      '{"event_id": 9007199254740993, "small": 9007199254740991}',
      { event_id: '9007199254740993', small: 9007199254740991 },
    ],
    ['a negative one', '[-9223372036854775808]', ['-9223372036854775808']],
    ['nanoseconds', '{"timestamp":1795435200123456789}', { timestamp: '1795435200123456789' }],
    [
      'digits that are text, or behind a point',
      '{"a":"1795435200123456789","b":0.12345678901234567,"c":1e5}',
      { a: '1795435200123456789', b: 0.12345678901234567, c: 100000 },
    ],
    ['a backslash at the end of a text', '{"path":"C:\\\\","n":NaN}', { path: 'C:\\', n: null }],
  ])('%s', (_, text, value) => {
    expect(parseLooseJson(text)).toEqual(value);
  });

  it.each(['', '{', '{"a":NaNa}', '{"a":None}', "{'a': 1}", '{"a":Infinit}', '{"a": .5}', '"', '"\\', 'NaN NaN'])(
    '%p is none',
    (text) => {
      expect(() => parseLooseJson(text)).toThrow(SyntaxError);
    },
  );

  it('reads all JSON as JSON.parse does, but for numbers that a double cannot hold', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseLooseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000, seed: 13 },
    );
  });

  it('never reads what stands in a text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('NaN', '"', '\\', '-Infinity', '1795435200123456789', ' ', 'inf', ',')),
        (words) => {
          const text = words.join('');
          expect(parseLooseJson(`{"text":${JSON.stringify(text)},"n":NaN,"id":18446744073709551615}`)).toEqual({
            text,
            n: null,
            id: '18446744073709551615',
          });
        },
      ),
      { numRuns: 2000, seed: 13 },
    );
  });

  it.each([
    ['quotes', '"\\"'.repeat(350_000)],
    ['digits', `${'1'.repeat(1_000_000)}x`],
    ['nans', 'nan'.repeat(330_000)],
    ['minuses', '-'.repeat(1_000_000)],
  ])('a megabyte of %s takes a moment', (_, text) => {
    const beganMs = performance.now();
    expect(() => parseLooseJson(text)).toThrow(SyntaxError);
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });
});
