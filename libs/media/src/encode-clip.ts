import { stat } from 'node:fs/promises';
import { runFfmpeg } from './ffmpeg';
import { probe, type MediaFacts } from './probe';

/** A core of a small machine encodes 1080p at some 20 frames a second. */
const DEADLINE_PER_SECOND_MS = 20_000;
const DEADLINE_LEAST_MS = 120_000;
/** x264's constant quality: close to what a camera sends at its usual rates. */
const QUALITY = 21;
const AUDIO_BITS_PER_SECOND = 64_000;
/** 1024 samples of run-up of an AAC encoder are 21 ms at this rate, and 128 ms at a camera's 8 kHz. */
const AUDIO_RATE = 48_000;
/** Room for the sample tables, and for an encoder that is not exact. */
const SIZE_MARGIN = 0.94;
const TRIES = 2;
const LEAST_VIDEO_BITS_PER_SECOND = 60_000;
/** Below this, fewer pixels look better than more of them with too few bits each. */
const BITS_PER_PIXEL = 0.04;
const LADDER_LINES = [1080, 720, 540, 360, 240];

export interface EncodeClipOptions {
  /** A file whose edit list, if it has one, shows what is wanted. */
  sourcePath: string;
  /** Overwritten; whole only once the promise resolves. */
  targetPath: string;
  metadata: Record<string, string>;
  /** At most so large, as far as two tries with an ever smaller bit rate get. */
  maxBytes?: number;
  signal?: AbortSignal;
}

/**
 * Encodes what a player shows of a file as H.264 and AAC that every player and messenger takes: fast-start, begins with a key frame, no
 * edit list, every frame at its own time. The file may be larger than `maxBytes`: its size is for the caller to look at.
 */
export async function encodeClip(options: EncodeClipOptions): Promise<MediaFacts> {
  const { sourcePath, targetPath, maxBytes, signal } = options;
  const source = await probe(sourcePath, signal);
  const deadlineMs = Math.max(DEADLINE_LEAST_MS, (source.durationMs / 1000) * DEADLINE_PER_SECOND_MS);
  let bitsPerSecond = maxBytes === undefined ? undefined : videoBitsPerSecond(maxBytes, source);
  for (let attempt = 1; ; attempt++) {
    await runFfmpeg(encodeArguments(options, source, bitsPerSecond), { deadlineMs, ...(signal && { signal }) });
    const { size } = await stat(targetPath);
    if (maxBytes === undefined || bitsPerSecond === undefined || size <= maxBytes || attempt === TRIES) return probe(targetPath, signal);
    bitsPerSecond = Math.max(LEAST_VIDEO_BITS_PER_SECOND, bitsPerSecond * (maxBytes / size) * SIZE_MARGIN);
  }
}

function videoBitsPerSecond(maxBytes: number, { durationMs, audioCodec }: MediaFacts): number {
  const all = (maxBytes * 8 * SIZE_MARGIN) / Math.max(1, durationMs / 1000);
  return Math.max(LEAST_VIDEO_BITS_PER_SECOND, all - (audioCodec === undefined ? 0 : AUDIO_BITS_PER_SECOND));
}

/** With a bit rate: at most that on average, and as many lines as it is enough for. */
export function encodeArguments(
  { sourcePath, targetPath, metadata }: EncodeClipOptions,
  source: Pick<MediaFacts, 'width' | 'height'>,
  bitsPerSecond?: number,
): string[] {
  const rate = Math.round(bitsPerSecond ?? 0);
  const average = ['-b:v', String(rate), '-maxrate', String(Math.round(rate * 1.3)), '-bufsize', String(rate * 2)];
  const limits = bitsPerSecond === undefined ? ['-crf', String(QUALITY)] : average;
  const lines = bitsPerSecond === undefined ? source.height : linesFor(source, bitsPerSecond);
  return [
    ...['-i', sourcePath, '-map', '0:v:0', '-map', '0:a?'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-bf', '0', ...limits],
    ...(lines < source.height ? ['-vf', `scale=-2:${lines}`] : []),
    // Camera times are not even: every frame keeps its own. (-vsync is what ffmpeg 4 to 7 all know.)
    ...['-vsync', 'passthrough', '-enc_time_base', '-1', '-c:a', 'aac', '-b:a', String(AUDIO_BITS_PER_SECOND), '-ar', String(AUDIO_RATE)],
    ...Object.entries(metadata).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]),
    ...['-map_metadata', '-1', '-use_editlist', '0', '-movflags', '+faststart', '-f', 'mp4', '-y', targetPath],
  ];
}

function linesFor({ width, height }: Pick<MediaFacts, 'width' | 'height'>, bitsPerSecond: number): number {
  const framesPerSecond = 25;
  const enough = (lines: number): boolean => bitsPerSecond >= lines * ((lines * width) / Math.max(1, height)) * framesPerSecond * BITS_PER_PIXEL;
  const least = LADDER_LINES.at(-1) ?? height;
  return enough(height) ? height : (LADDER_LINES.find((lines) => lines < height && enough(lines)) ?? Math.min(height, least));
}
