import { createHash } from 'node:crypto';
import { findBox, readSamples } from '@vr/mp4';
import { runToEnd } from '@vr/testing';
import { BLOCK_BYTES, BlockPool } from './block-pool';
import { FragmentStream, type ArrivedFragment } from './fragment-stream';
import { IntraJoiner } from './intra-joiner';

/** As the recorder asks ffmpeg for it: a fragment at each key frame and each half second. */
async function encode(ratePerSecond: number, ...codec: string[]): Promise<Buffer> {
  const { stdout } = await runToEnd('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=${ratePerSecond}:duration=4`],
    ...['-vf', 'noise=alls=80:allf=t', '-frag_duration', '500000', ...codec, '-f', 'mp4'],
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
  ]);
  return stdout;
}
const MJPEG = ['-c:v', 'mjpeg', '-q:v', '3'];
const INTRA_H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '1', '-pix_fmt', 'yuv420p'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-bf', '2', '-pix_fmt', 'yuv420p'];
/** A fragment for each picture, and no B-frames. */
const ALONE = ['-bf', '0', '-frag_duration', '40000'];

interface Picture {
  dts: number;
  durationTicks: number;
  key: boolean;
  sha1: string;
}

function picturesOf(fragments: readonly ArrivedFragment[]): Picture[] {
  return fragments.flatMap(({ bytes, rest, init }) => {
    const whole = Buffer.concat([bytes, ...rest]);
    const moof = findBox(whole, { payload: 0, end: whole.length }, 'moof');
    if (!moof) throw new Error('a fragment without moof');
    return readSamples(whole, moof, moof.start, init).map(({ offset, sizeBytes, dts, durationTicks, key }) => ({
      dts,
      durationTicks,
      key,
      sha1: createHash('sha1')
        .update(whole.subarray(offset, offset + sizeBytes))
        .digest('hex'),
    }));
  });
}

const sha1Of = ({ bytes, rest }: ArrivedFragment): string => {
  const hash = createHash('sha1');
  for (const part of [bytes, ...rest]) hash.update(part);
  return hash.digest('hex');
};

function joinedOf(stream: Buffer, pool = new BlockPool()): ArrivedFragment[] {
  const joiner = new IntraJoiner(pool);
  const joined: ArrivedFragment[] = [];
  for (const fragment of new FragmentStream(pool).push(stream)) joined.push(...joiner.take(fragment));
  return [...joined, ...joiner.flush()];
}

describe('IntraJoiner', () => {
  it.each([
    ['MJPEG', MJPEG],
    ['H.264 of I frames alone', INTRA_H264],
  ])('makes fragments of half a second of %s, with every picture as it was', async (_, codec) => {
    const stream = await encode(25, ...codec);
    const pool = new BlockPool();
    const before = [...new FragmentStream(new BlockPool()).push(stream)];
    const joined = joinedOf(stream, pool);
    expect(before).toHaveLength(100);
    expect(joined).toHaveLength(8);
    expect(picturesOf(joined)).toEqual(picturesOf(before));
    expect(picturesOf(joined).every(({ key }) => key)).toBe(true);
    for (const { video, mediaStartMs, mediaEndMs, bytes, rest, sizeBytes } of joined) {
      expect(video.startsWithKey).toBe(true);
      expect(mediaEndMs - mediaStartMs).toBeLessThan(540);
      expect([bytes, ...rest].reduce((sum, part) => sum + part.length, 0)).toBe(sizeBytes);
    }
    // All memory comes back: the pool lends what it has, and no more.
    for (const { blocks } of joined) pool.giveBack(blocks);
    const most = pool.spareBytes / BLOCK_BYTES;
    expect(pool.lend(most * BLOCK_BYTES)).toHaveLength(most);
    expect(pool.spareBytes).toBe(0);
  });

  it('leaves other streams alone, and pictures that last half a second and more', async () => {
    for (const stream of [await encode(25, ...H264), await encode(2, ...MJPEG), await encode(1, ...MJPEG)]) {
      const before = [...new FragmentStream(new BlockPool()).push(stream)];
      expect(joinedOf(stream).map(sha1Of)).toEqual(before.map(sha1Of));
    }
  });

  it('keeps the order where other pictures follow a key frame that came alone', async () => {
    const before = [...new FragmentStream(new BlockPool()).push(await encode(25, ...H264, ...ALONE))];
    expect(before.length).toBeGreaterThan(90);
    const joiner = new IntraJoiner(new BlockPool());
    const joined = before.flatMap((fragment) => [...joiner.take(fragment)]);
    expect([...joined, ...joiner.flush()].map(({ mediaStartMs }) => mediaStartMs)).toEqual(
      before.map(({ mediaStartMs }) => mediaStartMs),
    );
  });

  it('joins nothing over a jump of the stamps, nor over other parameter sets', async () => {
    const pool = new BlockPool();
    const fragments = [...new FragmentStream(pool).push(await encode(25, ...MJPEG))].slice(0, 6);
    const [, , third, , fifth] = fragments;
    if (!third || !fifth) throw new Error('too few fragments');
    for (const later of fragments.slice(2)) later.video.baseDecodeTime += 5;
    for (const later of fragments.slice(4)) later.init = { ...fifth.init };
    const init = fragments[5]?.init;
    if (init) fifth.init = init;
    const joiner = new IntraJoiner(pool);
    const joined = fragments.flatMap((fragment) => [...joiner.take(fragment)]);
    expect([...joined, ...joiner.flush()].map(({ video }) => video.sampleCount)).toEqual([2, 2, 2]);
  });
});
