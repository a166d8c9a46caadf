// The words come from ffmpeg 4.4, 5.1, 6.0, 7.1 and 8.0 on a machine without a GPU, and from the reports of people who
// have one.
import { blamesEncoder, explainRefusal } from './encoder-words';

const OPENING_FAILED =
  'Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - ' +
  'maybe incorrect parameters such as bit_rate';

describe('explainRefusal', () => {
  it.each([
    ['h264_nvmpi', "ffmpeg failed (exit code 1): Unknown encoder 'h264_nvmpi'", 'this ffmpeg was built without it'],
    ['h264_nvenc', `[h264_nvenc @ 0x2] Cannot load libcuda.so.1\n${OPENING_FAILED}`, 'this machine has no NVENC'],
    [
      'h264_nvenc',
      'ffmpeg failed (SIGSEGV): [h264_nvenc @ 0xe7a45c0] Cannot load libcuda.so.1',
      'this machine has no NVENC',
    ],
    [
      'h264_nvenc',
      '[h264_nvenc @ 0x2] OpenEncodeSessionEx failed: out of memory (10)\n[h264_nvenc @ 0x2] No capable devices found',
      'all encoder sessions',
    ],
    [
      'h264_nvenc',
      '[h264_nvenc @ 0x2] OpenEncodeSessionEx failed: incompatible client key (21): (no details)',
      'no more encoder sessions',
    ],
    [
      'h264_nvenc',
      '[h264_nvenc @ 0x2] OpenEncodeSessionEx failed: unsupported device (2)\n[h264_nvenc] No capable devices found',
      'no GPU here can encode',
    ],
    [
      'h264_nvenc',
      '[h264_nvenc @ 0x2] Driver does not support the required nvenc API version. Required: 12.1 Found: 11.0',
      'driver is older',
    ],
    ['h264_nvenc', "[h264_nvenc @ 0x2] Undefined constant or missing '(' in 'p4'", 'does not know one of the options'],
    ['h264_nvmpi', 'ffmpeg failed (SIGSEGV): NvMMLiteOpen : Block : BlockType = 4', 'ffmpeg crashed in it (SIGSEGV)'],
    [
      'h264_v4l2m2m',
      `[h264_v4l2m2m @ 0x5] Could not find a valid device\n[h264_v4l2m2m @ 0x5] can't configure encoder`,
      'no V4L2 device',
    ],
    [
      'h264_vaapi',
      '[VAAPI @ 0x5] No VA display found for device /dev/dri/renderD128.\nDevice creation failed: -22.',
      'no VAAPI device at /dev/dri/renderD128',
    ],
    [
      'h264_vaapi',
      "Unrecognized option 'vaapi_device'.\nError splitting the argument list: Option not found",
      'built without VAAPI',
    ],
    [
      'h264_vaapi',
      '[h264_vaapi @ 0x5] No usable encoding entrypoint found for profile VAProfileH264High (7).',
      'does not encode H.264',
    ],
    ['libx264', 'ffmpeg failed (exit code 1): something new', 'something new'],
    [
      'libx264',
      'a warning\n[libx264 @ 0x55dd] malloc of size 99 failed\nConversion failed!',
      '[libx264] malloc of size 99 failed',
    ],
  ] as const)('%s: %s', (encoder, words, why) => {
    const sentence = explainRefusal(encoder, words);
    expect(sentence.startsWith(`${encoder}: `)).toBe(true);
    expect(sentence).toContain(why);
    expect(sentence).not.toContain('\n');
  });

  it('says plainly that an Orin Nano has no NVENC, and of no other board', () => {
    const words = '[h264_nvenc @ 0x2] Cannot load libnvidia-encode.so.1';
    expect(explainRefusal('h264_nvenc', words, 'NVIDIA Jetson Orin Nano Developer Kit\0')).toContain(
      'the Jetson Orin Nano has no NVENC',
    );
    expect(
      explainRefusal('h264_nvenc', words, 'NVIDIA Jetson Orin NX Engineering Reference Developer Kit\0'),
    ).not.toContain('Orin');
    expect(
      explainRefusal('h264_vaapi', 'Device creation failed', 'NVIDIA Jetson Orin Nano Developer Kit\0'),
    ).not.toContain('Orin');
  });
});

describe('blamesEncoder', () => {
  it.each([
    OPENING_FAILED,
    '[vost#0:0/h264_nvenc @ 0x56] Error while opening encoder - ' +
      'maybe incorrect parameters such as bit_rate, rate, width or height.',
    '[vost#0:0/h264_nvenc @ 0x55a] [enc:h264_nvenc @ 0x55a] Error while opening encoder - maybe incorrect parameters',
    'Error submitting video frame to the encoder',
    'Video encoding failed',
    '[h264_nvenc @ 0x2] OpenEncodeSessionEx failed: out of memory (10)',
    '[h264_v4l2m2m @ 0x5] VIDIOC_REQBUFS: Device or resource busy',
  ])('yes: %s', (words) => expect(blamesEncoder(words)).toBe(true));

  it.each([
    '',
    '[rtsp @ 0x5] method DESCRIBE failed: 401 Unauthorized',
    '[tcp @ 0x5] Connection to tcp://127.0.0.1:1 failed: Connection refused',
    // The camera sent nothing.
    '[vost#0:0/libx264 @ 0x55a] Could not open encoder before EOF',
    // The encoder of the sound failed.
    'Error initializing output stream 0:1 -- Error while opening encoder for output stream #0:1 - ' +
      'maybe incorrect parameters',
    '[aost#0:1/aac @ 0x55a] Error while opening encoder - maybe incorrect parameters',
    // A healthy run may warn like this.
    '[h264_v4l2m2m @ 0x55d588da10] Failed to set gop size: Invalid argument',
    '[h264 @ 0x55d] error while decoding MB 20 11, bytestream -7',
  ])('no: %s', (words) => expect(blamesEncoder(words)).toBe(false));
});
