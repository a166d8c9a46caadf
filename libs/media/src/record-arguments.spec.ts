import { cameraConfig } from '@vr/contracts';
import { readFeatures } from './features';
import { recordArguments } from './record-arguments';
import { readSound } from './sound';

const ffmpeg = { version: '5.1', timeoutOption: '-timeout' } as const;
const camera = (fields: object) => cameraConfig.parse({ id: 'cam_1', url: 'rtsp://10.0.0.5/stream', ...fields });
const after = (args: string[], option: string) => args[args.indexOf(option) + 1];

describe('recordArguments', () => {
  it('copies the picture, leaves the sound out and writes fragments to stdout', () => {
    const args = recordArguments(camera({}), ffmpeg);
    expect(after(args, '-rtsp_transport')).toBe('tcp');
    expect(after(args, '-timeout')).toBe('10000000');
    expect(after(args, '-c:v')).toBe('copy');
    expect(args).toContain('-an');
    expect(after(args, '-frag_duration')).toBe('500000');
    expect(args.at(-1)).toBe('pipe:1');
  });

  it('asks for no track that it does not record', () => {
    expect(after(recordArguments(camera({}), ffmpeg), '-allowed_media_types')).toBe('video');
    expect(after(recordArguments(camera({ audio: 'on' }), ffmpeg), '-allowed_media_types')).toBe('video+audio');
  });

  it('takes UDP, sound and the name of the timeout option as they are given', () => {
    const args = recordArguments(camera({ transport: 'udp', audio: 'on' }), {
      version: '4.4',
      timeoutOption: '-stimeout',
    });
    expect(after(args, '-rtsp_transport')).toBe('udp');
    expect(args).toContain('-stimeout');
    expect(args).not.toContain('-timeout');
    expect(after(args, '-c:a')).toBe('aac');
    expect(after(args, '-max_interleave_delta')).toBe('1');
  });

  it('encodes where told, with a decoder that holds no picture back', () => {
    const encoding = { encoder: 'libx264', bitsPerSecond: 500_000, gopPictures: 30, preset: 'p4' } as const;
    const args = recordArguments(camera({}), ffmpeg, { encoding });
    expect(after(args, '-c:v')).toBe('libx264');
    expect(args.indexOf('-thread_type')).toBeLessThan(args.indexOf('-i'));
    expect(recordArguments(camera({ encoder: 'libx264' }), ffmpeg)).not.toContain('-thread_type');
  });

  it('lets pictures through before the first key frame, as signs of life', () => {
    expect(recordArguments(camera({}), ffmpeg)).toContain('-copyinkf');
    for (const version of ['N-118000-g1', 'n8.0', '10.1'])
      expect(recordArguments(camera({}), { ...ffmpeg, version })).toContain('-copyinkf');
    expect(recordArguments(camera({}), { ...ffmpeg, version: '4.4.2-0ubuntu0.22.04.1' })).not.toContain('-copyinkf');
  });

  it.each([
    ['AAC is copied, also where none came yet', { codec: 'aac', flows: false }, 'copy'],
    ['other sound becomes AAC', { codec: 'pcm_alaw', flows: true }, 'aac'],
    ['promised sound that does not come is left out', { codec: 'pcm_alaw', flows: false }, undefined],
    ['sound that nobody asked about becomes AAC', undefined, 'aac'],
  ])('%s', (_, sound, codec) => {
    const args = recordArguments(camera({ audio: 'on' }), ffmpeg, { sound });
    expect(args.includes('-an')).toBe(codec === undefined);
    if (codec !== undefined) expect(after(args, '-c:a')).toBe(codec);
    expect(recordArguments(camera({ audio: 'off' }), ffmpeg, { sound })).toContain('-an');
  });
});

describe('readSound', () => {
  const answer = (...types: string[]) =>
    JSON.stringify({
      packets: types.map((codec_type) => ({ codec_type })),
      streams: [
        { codec_type: 'video', codec_name: 'h264' },
        { codec_type: 'audio', codec_name: 'pcm_mulaw' },
      ],
    });
  it('tells sound that comes from sound that is only promised', () => {
    expect(readSound(answer('video', 'audio'))).toEqual({ codec: 'pcm_mulaw', flows: true });
    expect(readSound(answer('video', 'video'))).toEqual({ codec: 'pcm_mulaw', flows: false });
    expect(readSound('{"streams": [{"codec_type": "video"}]}')).toBeUndefined();
  });
});

describe('readFeatures', () => {
  it('takes -stimeout where the binary has it, for there -timeout means to listen', () => {
    const old =
      '  -rtsp_transport    <flags>\n  -stimeout          <int>  .D....  set timeout\n' +
      '  -timeout   <int>  .D  set maximum timeout to wait for incoming connections';
    expect(readFeatures('ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', old)).toEqual({
      version: '4.4.2-0ubuntu0.22.04.1',
      timeoutOption: '-stimeout',
    });
    const recent =
      '  -rtsp_transport    <flags>\n  -listen_timeout <int>\n  -timeout           <int64>      .D.........';
    expect(readFeatures('ffmpeg version 8.0', recent)).toEqual({ version: '8.0', timeoutOption: '-timeout' });
  });

  it('refuses a build without RTSP', () => {
    expect(() => readFeatures('ffmpeg version 8.0', 'Unknown format')).toThrow(/cannot read RTSP/);
  });
});
