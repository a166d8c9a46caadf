import { ENCODERS, type Encoder } from '@vr/contracts';
import { encoderArguments, NVENC_PRESETS, type NvencPreset } from './encoder-arguments';

const args = (encoder: Encoder, preset: NvencPreset = 'p4', version = '5.1.9-0+deb12u1') =>
  encoderArguments({ encoder, bitsPerSecond: 2_000_000, gopPictures: 60, preset }, version).join(' ');

describe('encoderArguments', () => {
  it.each(ENCODERS)("%s: bit rate, a key frame every GOP_SIZE, no B-frames, the pictures' own times", (encoder) => {
    expect(args(encoder)).toContain(`-c:v ${encoder} `);
    expect(args(encoder)).toContain('-b:v 2000000 ');
    expect(args(encoder)).toContain('-g 60 -bf 0 -force_key_frames expr:not(mod(n,60))');
    expect(args(encoder)).toMatch(/-enc_time_base 1:90000 -fps_mode vfr$/);
  });

  it.each([
    [
      'h264_nvenc',
      'format=yuv420p',
      '-preset p4 -rc vbr -zerolatency 1 -delay 0',
      '-maxrate 2000000 -bufsize 4000000',
      '-no-scenecut 1 -forced-idr 1',
    ],
    ['h264_nvmpi', 'format=yuv420p', '-preset medium', '-maxrate 2000000'],
    ['h264_v4l2m2m', 'format=yuv420p'],
    ['h264_vaapi', '-vaapi_device /dev/dri/renderD128 -vf ', ',format=nv12,hwupload -c:v', '-maxrate 2000000'],
    [
      'libx264',
      'format=yuv420p|yuvj420p',
      '-preset veryfast -tune zerolatency',
      '-maxrate 2000000',
      '-keyint_min 60 -sc_threshold 0 -forced-idr 1',
    ],
  ] as const)('%s is told so in its own options', (encoder, ...wanted) => {
    for (const options of wanted) expect(args(encoder)).toContain(options);
  });

  it('gives options only to encoders that have them', () => {
    expect(args('h264_v4l2m2m')).not.toMatch(/-preset|-maxrate|-rc /);
    expect(args('h264_vaapi')).not.toMatch(/-preset|-rc /);
  });

  it.each([
    ['p1', 'ultrafast', 'ultrafast'],
    ['p3', 'fast', 'superfast'],
    ['p7', 'slow', 'medium'],
  ] as const)('NVENC_PRESET %s is %s to nvmpi and %s to libx264', (preset, nvmpi, x264) => {
    expect(args('h264_nvenc', preset)).toContain(`-preset ${preset} `);
    expect(args('h264_nvmpi', preset)).toContain(`-preset ${nvmpi} `);
    expect(args('libx264', preset)).toContain(`-preset ${x264} `);
    expect(NVENC_PRESETS).toContain(preset);
  });

  it.each([
    ['4.4.2-0ubuntu0.22.04.1', '-vsync'],
    ['n5.0.1', '-vsync'],
    ['5.1.9-0+deb12u1', '-fps_mode'],
    ['n7.1', '-fps_mode'],
    ['8.0.1', '-fps_mode'],
    ['N-118000-g1a2b3c', '-fps_mode'],
  ])('ffmpeg %s calls it %s', (version, option) => {
    expect(args('libx264', 'p4', version)).toMatch(new RegExp(`${option} vfr$`));
  });
});
