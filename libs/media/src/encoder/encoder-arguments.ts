// How each encoder is told the same things: its bit rate, its key frames and its effort. All are told to hold no
// picture back and to reorder none, because footage takes its wall clock from when pictures come out of ffmpeg.
import type { Encoder } from '@vr/contracts';
import { pictureTimes } from '../features';

export const NVENC_PRESETS = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'] as const;
export type NvencPreset = (typeof NVENC_PRESETS)[number];

/** How a camera's picture is to be encoded. */
export interface Encoding {
  encoder: Encoder;
  bitsPerSecond: number;
  /** Pictures from one key frame to the next. */
  gopPictures: number;
  /** p1 (fastest) to p7 (best). The other encoders get their presets of similar effort. */
  preset: NvencPreset;
}

/**
 * These go before the input: the decoder then works on one picture at a time. By default it works on as many as there
 * are cores, and each comes that much later. How late stamps were at 25 pictures a second on two cores: 43 ms; with the
 * default decoder 123 ms; with a libx264 that looks ahead (no zerolatency) 602 ms.
 */
export const DECODER_ARGUMENTS: readonly string[] = ['-thread_type', 'slice'];

const VAAPI_DEVICE = '/dev/dri/renderD128';

/** ffmpeg's output arguments that encode the picture. `version`: as `ffmpeg -version` says it. */
export function encoderArguments({ encoder, bitsPerSecond, gopPictures, preset }: Encoding, version: string): string[] {
  return [
    ...(DEVICE[encoder] ?? []),
    ...['-vf', `${FIRST_PICTURE},${LAYOUT[encoder]}`],
    ...['-c:v', encoder, ...EFFORT[encoder](preset)],
    ...rateArguments(encoder, bitsPerSecond),
    ...['-g', String(gopPictures), '-bf', '0'],
    // For drivers that ignore -g, too (V4L2 on a Raspberry Pi says "Failed to set gop size").
    ...['-force_key_frames', `expr:not(mod(n,${gopPictures}))`],
    ...KEY_FRAMES[encoder](gopPictures),
    // Without RTP's clock (RFC 6184) ffmpeg rounds each picture's time to a multiple of 1/frame rate. Up to 6.0 it
    // would also keep MP4 at a constant rate: with this clock 90000 pictures a second, each one repeated 3600 times.
    ...['-enc_time_base', '1:90000', ...pictureTimes('vfr', version)],
  ];
}

/**
 * ffmpeg's parser loses the stamp of the first packet that RTP brings. Where the camera begins with a key frame, that
 * picture is decoded, gets 0, and the second one gets 0 too. Then all but the first go on by one picture's interval.
 */
const FIRST_PICTURE = "setpts='PTS+if(eq(N,1)*gt(FR,0),st(0,lte(PTS,PREV_INPTS)/FR/TB),ld(0))'";

const DEVICE: Partial<Record<Encoder, readonly string[]>> = { h264_vaapi: ['-vaapi_device', VAAPI_DEVICE] };

/** Memory layouts that the encoder takes. All are 8-bit 4:2:0, which every player and browser decodes. */
const LAYOUT: Record<Encoder, string> = {
  h264_nvenc: 'format=yuv420p',
  h264_nvmpi: 'format=yuv420p',
  h264_v4l2m2m: 'format=yuv420p',
  h264_vaapi: 'format=nv12,hwupload',
  // yuvj420p is the full range of many cameras. It is taken as it is, without conversion.
  libx264: 'format=yuv420p|yuvj420p',
};

const NVMPI_EFFORT: Record<NvencPreset, string> = {
  p1: 'ultrafast',
  p2: 'ultrafast',
  p3: 'fast',
  p4: 'medium',
  p5: 'medium',
  p6: 'slow',
  p7: 'slow',
};
const X264_EFFORT: Record<NvencPreset, string> = {
  p1: 'ultrafast',
  p2: 'superfast',
  p3: 'superfast',
  p4: 'veryfast',
  p5: 'faster',
  p6: 'fast',
  p7: 'medium',
};

const EFFORT: Record<Encoder, (preset: NvencPreset) => string[]> = {
  h264_nvenc: (preset) => ['-preset', preset, '-rc', 'vbr', '-zerolatency', '1', '-delay', '0'],
  h264_nvmpi: (preset) => ['-preset', NVMPI_EFFORT[preset]],
  h264_v4l2m2m: () => [],
  h264_vaapi: () => [],
  libx264: (preset) => ['-preset', X264_EFFORT[preset], '-tune', 'zerolatency'],
};

/** V4L2 has no highest bit rate, and ffmpeg warns of options that no encoder takes. */
function rateArguments(encoder: Encoder, bitsPerSecond: number): string[] {
  const rate = String(bitsPerSecond);
  return encoder === 'h264_v4l2m2m'
    ? ['-b:v', rate]
    : ['-b:v', rate, '-maxrate', rate, '-bufsize', String(2 * bitsPerSecond)];
}

/** No key frames at scene cuts. Each key frame is an IDR picture, which needs nothing before it. */
const KEY_FRAMES: Record<Encoder, (gopPictures: number) => string[]> = {
  h264_nvenc: () => ['-no-scenecut', '1', '-forced-idr', '1'],
  h264_nvmpi: () => [],
  h264_v4l2m2m: () => [],
  h264_vaapi: () => [],
  libx264: (gopPictures) => ['-keyint_min', String(gopPictures), '-sc_threshold', '0', '-forced-idr', '1'],
};
