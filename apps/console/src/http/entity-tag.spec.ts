import { isKnown, tagOf } from './entity-tag';

describe('an entity tag', () => {
  const tag = tagOf(Buffer.from('picture'));

  it('is strong, and of the bytes', () => {
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    expect(tagOf(Buffer.from('picture'))).toBe(tag);
    expect(tagOf(Buffer.from('picturf'))).not.toBe(tag);
  });

  it.each([
    [tag, true],
    [`"a", ${tag}`, true],
    [`W/${tag}`, true],
    ['*', true],
    ['"a"', false],
    ['', false],
    [undefined, false],
  ])('If-None-Match: %s', (header, known) => {
    expect(isKnown(header, tag)).toBe(known);
  });
});
