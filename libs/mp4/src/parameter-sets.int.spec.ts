// Real encoders and ffmpeg's own muxer. Two streams follow each other, as from a camera whose setting was changed.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoxSplitter } from './box-splitter';
import { findBox } from './boxes';
import { parseFragmentHeader } from './fragment-header';
import { parseInitSegment, type InitSegment } from './init-segment';
import { changedParameterSets, taggedHvc1 } from './parameter-sets';

const MP4 = [
  '-f',
  'mp4',
  '-movflags',
  '+frag_keyframe+empty_moov+default_base_moof',
  '-frag_duration',
  '1000000',
  'pipe:1',
];
type Codec = 'h264' | 'hevc';

function ffmpeg(args: string[], input?: Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync('ffmpeg', ['-v', 'error', ...args], {
    maxBuffer: 1 << 26,
    ...(input && { input }),
  });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

/** 2 s at 25 pictures a second with a key frame each second, as a byte stream. */
function encode(codec: Codec, size: string, options: string[] = []): Buffer {
  const encoder =
    codec === 'h264'
      ? ['-c:v', 'libx264']
      : ['-c:v', 'libx265', '-x265-params', 'log-level=none:repeat-headers=1:keyint=25:min-keyint=25'];
  const gop = ['-preset', 'ultrafast', '-g', '25', '-keyint_min', '25', '-bf', '0', '-pix_fmt', 'yuv420p'];
  return ffmpeg([
    '-f',
    'lavfi',
    '-i',
    `testsrc=s=${size}:r=25:d=2`,
    ...encoder,
    ...gop,
    ...options,
    '-f',
    codec,
    'pipe:1',
  ]);
}

const fragmented = (codec: Codec, stream: Buffer, tag: string[] = []): Buffer =>
  ffmpeg(['-framerate', '25', '-f', codec, '-i', 'pipe:0', '-c', 'copy', ...tag, ...MP4], stream);

/**
 * What a recorder writes: files of an init segment and its fragments. A new file begins where the parameter sets
 * change.
 */
function record(stream: Buffer): { init: InitSegment; bytes: Buffer }[] {
  const files: { init: InitSegment; bytes: Buffer }[] = [];
  let ftyp: Buffer = Buffer.alloc(0);
  let moof: Buffer = Buffer.alloc(0);
  for (const { type, bytes } of new BoxSplitter().push(stream)) {
    if (type === 'ftyp') ftyp = bytes;
    if (type === 'moof') moof = bytes;
    if (type === 'moov') {
      const init = taggedHvc1(parseInitSegment(Buffer.concat([ftyp, bytes])));
      files.push({ init, bytes: init.bytes });
    }
    const file = files.at(-1);
    if (type !== 'mdat' || !file) continue;
    const fragment = Buffer.concat([moof, bytes]);
    const place = findBox(fragment, { payload: 0, end: fragment.length }, 'moof');
    const [header] = place ? parseFragmentHeader(fragment, place, file.init) : [];
    const changed = header && changedParameterSets(file.init, fragment, header);
    if (changed) files.push({ init: changed, bytes: Buffer.concat([changed.bytes, fragment]) });
    else file.bytes = Buffer.concat([file.bytes, fragment]);
  }
  return files;
}

/** The named box of the sample entry, wherever it lies. */
function config(bytes: Buffer, type: string): string {
  const at = bytes.indexOf(type);
  return bytes.subarray(at, at - 4 + bytes.readUInt32BE(at - 4)).toString('hex');
}

describe('parameter sets that change in the middle of a stream', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The size in the container, the number of decoded pictures, and complaints. */
  async function look(bytes: Buffer): Promise<{ tag: string; size: string; pictures: number; complaints: string }> {
    const path = join(folder, 'part.mp4');
    await writeFile(path, bytes);
    const shown = spawnSync('ffprobe', [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-count_frames',
      '-show_entries',
      'stream=codec_tag_string,width,height,nb_read_frames',
      '-of',
      'csv=p=0',
      path,
    ]);
    const [tag = '', width = '', height = '', pictures] = shown.stdout.toString().trim().split(',');
    const decoded = spawnSync('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'null', '-']);
    return {
      tag,
      size: `${width}x${height}`,
      pictures: Number(pictures),
      complaints: shown.stderr.toString() + decoded.stderr.toString(),
    };
  }

  it.each<[string, Codec, string, string, string[]]>([
    ['H.264, smaller', 'h264', '640x360', '320x240', []],
    ['H.264, larger, interlaced, with cropping', 'h264', '320x240', '720x404', ['-flags', '+ilme+ildct']],
    ['H.264, another profile with 10 bits and 4:2:2', 'h264', '320x240', '322x182', ['-pix_fmt', 'yuv422p10le']],
    ['H.264, scaling matrices', 'h264', '320x240', '640x360', ['-preset', 'veryfast', '-x264-params', 'cqm=jvt']],
    ['H.265, smaller', 'hevc', '640x360', '320x240', []],
    ['H.265, larger, with cropping and 10 bits', 'hevc', '320x240', '642x362', ['-pix_fmt', 'yuv420p10le']],
  ])('%s: a file each, and both play in their own size', async (_, codec, before, after, options) => {
    const second = encode(codec, after, options);
    const files = record(fragmented(codec, Buffer.concat([encode(codec, before), second])));
    expect(files).toHaveLength(2);
    const [first, next] = [
      await look(files[0]?.bytes ?? Buffer.alloc(0)),
      await look(files[1]?.bytes ?? Buffer.alloc(0)),
    ];
    const tag = codec === 'h264' ? 'avc1' : 'hvc1';
    expect(first).toEqual({ tag, size: before, pictures: 50, complaints: '' });
    expect(next).toEqual({ tag, size: after, pictures: 50, complaints: '' });
    expect([files[1]?.init.video.width, files[1]?.init.video.height].join('x')).toBe(after);
    if (codec === 'h264')
      expect(config(files[1]?.bytes ?? Buffer.alloc(0), 'avcC')).toBe(config(fragmented(codec, second), 'avcC'));
  });

  it.each<Codec>(['h264', 'hevc'])('%s: sets that are sent again unchanged are no change', (codec) => {
    const stream = encode(codec, '320x240');
    expect(record(fragmented(codec, Buffer.concat([stream, stream, stream])))).toHaveLength(1);
  });

  it('goes back to the first sets with the same bytes, so that clips can join what belongs together', () => {
    const [a, b] = [encode('h264', '320x240'), encode('h264', '640x360')];
    const files = record(fragmented('h264', Buffer.concat([a, b, a, b])));
    expect(files).toHaveLength(4);
    expect(files[3]?.init.bytes).toEqual(files[1]?.init.bytes);
  });

  it('tags H.265 as Apple wants it, with the sets declared complete, as ffmpeg does it when told', () => {
    const stream = encode('hevc', '320x240');
    const [file] = record(fragmented('hevc', stream));
    const told = fragmented('hevc', stream, ['-tag:v', 'hvc1']);
    expect(file?.bytes.includes('hev1')).toBe(false);
    expect(config(file?.bytes ?? Buffer.alloc(0), 'hvcC')).toBe(config(told, 'hvcC'));
  });

  it('takes nothing from damaged sets', () => {
    const [a, b] = [encode('h264', '320x240'), encode('h264', '640x360', ['-g', '50', '-keyint_min', '50'])];
    const at = b.indexOf(Buffer.from([0, 0, 1, 0x67]));
    const cut = Buffer.concat([b.subarray(0, at + 6), b.subarray(b.indexOf(Buffer.from([0, 0, 1, 0x68])) - 1)]);
    expect(record(fragmented('h264', Buffer.concat([a, cut])))).toHaveLength(1);
  });
});
