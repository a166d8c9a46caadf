// Real encoders and ffmpeg's own muxers; what ffmpeg writes into a playlist of the same file is the judge.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoxSplitter } from './box-splitter';
import { codecsOf } from './codec-string';
import { parseInitSegment, type InitSegment } from './init-segment';

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=s=1280x720:r=10:d=1'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=1'];
const X265 = ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-tag:v', 'hvc1', '-pix_fmt', 'yuv420p'];

describe('the codecs of a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codecs-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  function ffmpeg(...args: string[]): Buffer {
    const { stdout, stderr, status } = spawnSync('ffmpeg', ['-v', 'error', ...args], { maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout;
  }

  function initOf(...args: string[]): InitSegment {
    const stream = ffmpeg(...args, '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', 'pipe:1');
    const head: Buffer[] = [];
    for (const { type, bytes } of new BoxSplitter().push(stream)) {
      if (type === 'moof') break;
      head.push(bytes);
    }
    return parseInitSegment(Buffer.concat(head));
  }

  async function saidByFfmpeg(...args: string[]): Promise<string | undefined> {
    const hls = ['-f', 'hls', '-hls_segment_type', 'fmp4', '-master_pl_name', 'master.m3u8'];
    ffmpeg(...args, ...hls, '-y', join(folder, 'one.m3u8'));
    return /CODECS="([^"]*)"/.exec(await readFile(join(folder, 'master.m3u8'), 'utf8'))?.[1];
  }

  it.each([
    ['baseline', '3.1'],
    ['main', '4.0'],
    ['high', '5.1'],
  ])('are those that ffmpeg says: H.264 %s at level %s, with AAC', async (profile, level) => {
    const encoder = ['-c:v', 'libx264', '-profile:v', profile, '-level', level, '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
    const args = [...PICTURE, ...SOUND, ...encoder];
    const said = await saidByFfmpeg(...args);
    expect(said).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
    expect(codecsOf(initOf(...args))).toBe(said);
  });

  it('name the picture first, also where the sound is the first track', () => {
    const args = [...SOUND, ...PICTURE, '-map', '0', '-map', '1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    expect(codecsOf(initOf(...args, '-c:a', 'aac'))).toMatch(/^avc1\.64001f,mp4a\.40\.2$/);
  });

  // ffmpeg's own name of HEVC is the same for every stream. x265 says Main with the flags of Main and Main 10,
  // progressive and frame only; 720p at 10 pictures a second is level 3.1.
  it('of HEVC have profile, compatibility, tier, level and constraints', () => {
    expect(codecsOf(initOf(...PICTURE, ...X265))).toBe('hvc1.1.6.L93.90');
    expect(codecsOf(initOf(...PICTURE, ...X265.with(-1, 'yuv420p10le')))).toMatch(/^hvc1\.2\.4\.L93\.90$/);
  });

  it('of MJPEG and Opus are named, too', () => {
    const args = [...PICTURE, ...SOUND, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-c:a', 'libopus'];
    expect(codecsOf(initOf(...args))).toBe('mp4v.6c,opus');
  });

  it('of a damaged file are refused', () => {
    const init = initOf(...PICTURE, '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
    const at = init.bytes.indexOf('avcC');
    const damaged = Buffer.from(init.bytes);
    damaged.writeUInt32BE(0x7fffffff, at - 4);
    expect(() => codecsOf({ ...init, bytes: damaged })).toThrow('reaches past its parent');
  });
});
