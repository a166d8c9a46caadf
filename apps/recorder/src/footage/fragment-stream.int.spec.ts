import { fragmentHeader } from '@vr/mp4';
import { runToEnd } from '@vr/testing';
import fc from 'fast-check';
import { BLOCK_BYTES, BlockPool } from './block-pool';
import { FragmentStream, type ArrivedFragment } from './fragment-stream';

/** Noise does not compress, so these fragments fill many blocks. */
async function encode(): Promise<Buffer> {
  const { stdout } = await runToEnd('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'nullsrc=size=320x180:rate=10:duration=4,geq=random(1)*255:128:128'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-qp',
      '18',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '20',
      '-bf',
      '0',
      '-sc_threshold',
      '0',
    ],
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '1000000', 'pipe:1'],
  ]);
  return stdout;
}

const bytesOf = ({ bytes, rest }: ArrivedFragment): Buffer => Buffer.concat([bytes, ...rest]);

describe('FragmentStream', () => {
  let stream: Buffer;
  let whole: Buffer[];
  beforeAll(async () => {
    stream = await encode();
    whole = [...new FragmentStream(new BlockPool()).push(stream)].map(bytesOf);
  });

  it('has fragments of many blocks with every byte of theirs', () => {
    expect(whole).toHaveLength(4);
    for (const fragment of whole) {
      expect(fragment.length).toBeGreaterThan(2 * BLOCK_BYTES);
      expect(stream.includes(fragment.subarray(32))).toBe(true); // behind the room for prft
    }
  });

  it('gives the same fragments however the bytes come, and with memory that was used before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const pool = new BlockPool();
        const fragments = new FragmentStream(pool);
        const found: Buffer[] = [];
        let offset = 0;
        for (let i = 0; offset < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          for (const fragment of fragments.push(stream.subarray(offset, offset + size))) {
            expect(fragment.sizeBytes).toBe(bytesOf(fragment).length);
            expect(fragmentHeader(fragment.bytes, fragment.init)).toEqual(fragment.tracks);
            found.push(bytesOf(fragment));
            pool.giveBack(fragment.blocks);
          }
          offset += size;
        }
        expect(found.map((bytes, i) => whole[i]?.equals(bytes))).toEqual([true, true, true, true]);
      }),
      { numRuns: 30 },
    );
  });

  it('gives back the memory of a fragment that was torn', () => {
    const pool = new BlockPool();
    const fragments = new FragmentStream(pool);
    const [taken] = [...fragments.push(stream.subarray(0, stream.length / 2))];
    pool.giveBack(taken?.blocks ?? []);
    const before = pool.spareBytes;
    fragments.end();
    expect(pool.spareBytes).toBeGreaterThan(before);
  });
});
