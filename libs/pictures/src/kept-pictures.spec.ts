import { KeptPictures } from './kept-pictures';

const picture = (bytes: number): { jpeg: Buffer } => ({ jpeg: Buffer.alloc(bytes) });

describe('KeptPictures', () => {
  it('lets go of those that were asked for least lately, and never holds more bytes than it may', () => {
    const kept = new KeptPictures(100);
    const [a, b, c] = [picture(40), picture(40), picture(40)];
    kept.keep('a', a);
    kept.keep('b', b);
    expect(kept.get('a')).toBe(a);
    kept.keep('c', c);
    expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([a, undefined, c]);
    expect(kept.sizeBytes).toBe(80);
  });

  it('counts a picture that is kept again once, and does not keep one that is too large', () => {
    const kept = new KeptPictures(100);
    for (let i = 0; i < 5; i++) kept.keep('a', picture(60));
    expect(kept.sizeBytes).toBe(60);
    kept.keep('b', picture(101));
    expect([kept.get('a'), kept.get('b'), kept.sizeBytes]).toEqual([undefined, undefined, 0]);
  });
});
