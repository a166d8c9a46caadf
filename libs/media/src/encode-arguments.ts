// How ffmpeg is told to make one H.264 file of what cameras sent. The sources are one copy as it is, or several copies
// that share nothing but the clock.
import { largestOf } from '@vr/base';
import { pictureTimes } from './features';
import { secondsText } from './seconds-text';

/** x264's constant quality: close to what a camera sends at its usual rates. */
const QUALITY = 21;
export const AUDIO_BITS_PER_SECOND = 64_000;
const AUDIO_RATE = 48_000;
/**
 * The run-up of an AAC encoder. It would push all pictures back by 21 ms, so that much sound is left out at the
 * beginning instead.
 */
const AUDIO_RUN_UP_SAMPLES = 1024;
/**
 * For each decoder and for the encoder. Two clips are made at once beside the recording, on machines with two to six
 * cores.
 */
const THREADS = '2';
/** Where a file does not say it. */
const USUAL_FRAMES_PER_SECOND = 25;
/** Below this many bits a pixel, a smaller picture looks better. */
const BITS_PER_PIXEL = 0.04;
const LADDER_LINES = [1080, 720, 540, 360, 240];

export interface Size {
  width: number;
  height: number;
}

/** One of the files that a clip is encoded from. */
export interface EncodeSource extends Size {
  path: string;
  /** Where on the clip's time line the file begins. */
  offsetMs: number;
  framesPerSecond: number;
  audioCodec?: string | undefined;
}

export interface EncodeTarget {
  path: string;
  metadata: Record<string, string>;
  /** Of the picture. A source of another shape gets black borders. */
  size: Size;
  /** The highest average bit rate; the picture gets as many lines as that allows. Without it: constant quality. */
  bitsPerSecond?: number | undefined;
}

/** @param version of ffmpeg */
export function encodeArguments(sources: readonly EncodeSource[], target: EncodeTarget, version: string): string[] {
  const { width, height } = fittingSize(target);
  const rate = Math.round(target.bitsPerSecond ?? 0);
  const limits =
    target.bitsPerSecond === undefined
      ? ['-crf', String(QUALITY)]
      : ['-b:v', String(rate), '-maxrate', String(Math.round(rate * 1.3)), '-bufsize', String(rate * 2)];
  const sound = soundGraph(sources);
  return [
    ...['-filter_complex_threads', '1'],
    ...sources.flatMap(({ path, offsetMs }) => ['-threads', THREADS, '-itsoffset', secondsText(offsetMs), '-i', path]),
    ...[
      '-filter_complex',
      [pictureGraph(sources, { width, height }), ...(sound === undefined ? [] : [sound])].join(';'),
    ],
    ...['-map', '[pictures]', ...(sound === undefined ? [] : ['-map', '[sound]'])],
    ...[
      '-c:v',
      'libx264',
      '-threads',
      THREADS,
      '-preset',
      'veryfast',
      '-profile:v',
      'high',
      '-pix_fmt',
      'yuv420p',
      '-bf',
      '0',
      ...limits,
    ],
    // Camera times are not even, so every picture keeps its own, in RTP's clock. x264 must be told the frame rate: it
    // would take that clock for the rate and claim that only the fastest decoders can play the file.
    ...[
      ...pictureTimes('passthrough', version),
      '-enc_time_base:v',
      '1:90000',
      '-x264-params',
      `fps=${Math.round(quickest(sources) * 1000)}/1000`,
    ],
    ...['-c:a', 'aac', '-b:a', String(AUDIO_BITS_PER_SECOND), '-ar', String(AUDIO_RATE)],
    ...Object.entries(target.metadata).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
    ...['-map_metadata', '-1', '-use_editlist', '0', '-movflags', '+faststart', '-f', 'mp4', '-y', target.path],
  ];
}

/** Each source's pictures in one shape, then all of them in the order of their instants. */
function pictureGraph(sources: readonly EncodeSource[], { width, height }: Size): string {
  const scaled = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  const fitted = `${scaled},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`;
  // Pixels become square, because two sources may have different ones.
  const each = sources.map(
    (_, i) =>
      `[${i}:v:0]scale=iw*sar:ih,${fitted},setsar=1,format=yuv420p[${sources.length > 1 ? `p${i}` : 'pictures'}]`,
  );
  return sources.length > 1
    ? [...each, `${sources.map((_, i) => `[p${i}]`).join('')}interleave=nb_inputs=${sources.length}[pictures]`].join(
        ';',
      )
    : each.join(';');
}

/** The sound of all that have any, and silence between; undefined where none has. */
function soundGraph(sources: readonly EncodeSource[]): string | undefined {
  const heard = sources.flatMap(({ audioCodec }, i) => (audioCodec === undefined ? [] : [i]));
  if (heard.length === 0) return undefined;
  const each = heard.map((i) => `[${i}:a:0]aresample=${AUDIO_RATE}:async=1:first_pts=0[s${i}]`);
  const mixed = heard.length > 1 ? `amix=inputs=${heard.length}:duration=longest:normalize=0,` : '';
  return [
    ...each,
    `${heard.map((i) => `[s${i}]`).join('')}${mixed}atrim=start_sample=${AUDIO_RUN_UP_SAMPLES}[sound]`,
  ].join(';');
}

function quickest(sources: readonly EncodeSource[]): number {
  const most = largestOf(sources.map(({ framesPerSecond }) => framesPerSecond));
  return most > 0 ? most : USUAL_FRAMES_PER_SECOND;
}

/** As many lines as the bits allow. x264 wants even numbers. */
function fittingSize({ size, bitsPerSecond }: Pick<EncodeTarget, 'size' | 'bitsPerSecond'>): Size {
  const even = (pixels: number): number => Math.max(2, Math.round(pixels / 2) * 2);
  const lines = bitsPerSecond === undefined ? size.height : linesFor(size, bitsPerSecond);
  return { width: even((size.width * lines) / Math.max(1, size.height)), height: even(lines) };
}

function linesFor({ width, height }: Size, bitsPerSecond: number): number {
  const enough = (lines: number): boolean =>
    bitsPerSecond >= lines * ((lines * width) / Math.max(1, height)) * USUAL_FRAMES_PER_SECOND * BITS_PER_PIXEL;
  const least = LADDER_LINES.at(-1) ?? height;
  return enough(height)
    ? height
    : (LADDER_LINES.find((lines) => lines < height && enough(lines)) ?? Math.min(height, least));
}
