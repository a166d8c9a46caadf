import fc from 'fast-check';
import { readParameterSet } from './nal-sets';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
// libx264, 640x360, main profile: the first bytes that the camera simulator sends.
const SPS = hex('67640014acd940a02ff97011000003000100000300320f1429960'.padEnd(54, '0'));

describe('readParameterSet', () => {
  it('reads the size behind the cropping', () => {
    expect(readParameterSet('h264', SPS)).toMatchObject({
      kind: 'sps',
      id: 0,
      sps: { width: 640, height: 360, bitDepthLuma: 8, chromaFormat: 1 },
    });
  });

  it.each([1, 2, 4, 6])('takes a set that ends after %d bytes for none', (length) => {
    expect(readParameterSet('h264', SPS.subarray(0, length))).toBeUndefined();
  });

  it('takes other units for none', () => {
    expect(readParameterSet('h264', hex('6588840a'))).toBeUndefined();
    expect(readParameterSet('hevc', hex('2601af'))).toBeUndefined();
  });

  it('stands whatever bytes a camera sends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('h264' as const, 'hevc' as const),
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(0x67, 0x68, 0x40, 0x42, 0x44),
        (codec, body, first) => {
          const set = readParameterSet(codec, Buffer.from([first, ...body]));
          expect(set?.sps === undefined || (set.sps.width > 0 && set.sps.height > 0)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
