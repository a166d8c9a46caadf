import { stat } from 'node:fs/promises';
import { largestOf } from '@vr/base';
import { AUDIO_BITS_PER_SECOND, encodeArguments, type EncodeSource, type Size } from './encode-arguments';
import { ffmpegVersion } from './features';
import { runFfmpeg } from './ffmpeg';
import { probe, type MediaFacts } from './probe';

/** One core of a small machine encodes about 20 frames of 1080p a second. */
const DEADLINE_PER_SECOND_MS = 20_000;
const DEADLINE_LEAST_MS = 120_000;
/** Leaves room for the sample tables, and for an encoder that misses its rate. */
const SIZE_MARGIN = 0.94;
const TRIES = 2;
const LEAST_VIDEO_BITS_PER_SECOND = 60_000;

export interface EncodeClipOptions {
  /**
   * Files, and where on the clip's time line each begins. An edit list in a file decides what of it is shown. Codecs
   * and sizes may differ, sound may be missing, and one file may fill the holes of another.
   */
  sources: readonly { path: string; offsetMs: number }[];
  /** Of the picture. Default: that of the first source. */
  size?: Size;
  /** It is overwritten. It is whole only once the promise resolves. */
  targetPath: string;
  metadata: Record<string, string>;
  /** The wanted limit. Two tries with smaller bit rates are made to keep it. */
  maxBytes?: number;
  signal?: AbortSignal;
}

/**
 * Encodes what a player shows of some files into one file of H.264 and AAC that every player and messenger takes. It is
 * fast-start, begins with a key frame, has no edit list, and keeps every frame's time. It may come out larger than
 * `maxBytes`: the caller checks the size.
 */
export async function encodeClip(options: EncodeClipOptions): Promise<MediaFacts> {
  const { targetPath, metadata, maxBytes, signal } = options;
  const sources: (EncodeSource & MediaFacts)[] = [];
  for (const { path, offsetMs } of options.sources) sources.push({ ...(await probe(path, signal)), path, offsetMs });
  const [first] = sources;
  if (!first) throw new Error('encodeClip: wanted at least one source');
  const size = options.size ?? first;
  const durationMs = largestOf(sources.map((source) => source.offsetMs + source.durationMs));
  const deadlineMs = Math.max(DEADLINE_LEAST_MS, (durationMs / 1000) * DEADLINE_PER_SECOND_MS);
  let bitsPerSecond =
    maxBytes === undefined
      ? undefined
      : videoBitsPerSecond(
          maxBytes,
          durationMs,
          sources.some(({ audioCodec }) => audioCodec !== undefined),
        );
  for (let attempt = 1; ; attempt++) {
    const args = encodeArguments(sources, { path: targetPath, metadata, size, bitsPerSecond }, await ffmpegVersion());
    await runFfmpeg(args, { deadlineMs, ...(signal && { signal }) });
    const { size: bytes } = await stat(targetPath);
    if (maxBytes === undefined || bitsPerSecond === undefined || bytes <= maxBytes || attempt === TRIES)
      return probe(targetPath, signal);
    bitsPerSecond = Math.max(LEAST_VIDEO_BITS_PER_SECOND, bitsPerSecond * (maxBytes / bytes) * SIZE_MARGIN);
  }
}

function videoBitsPerSecond(maxBytes: number, durationMs: number, hasSound: boolean): number {
  const all = (maxBytes * 8 * SIZE_MARGIN) / Math.max(1, durationMs / 1000);
  return Math.max(LEAST_VIDEO_BITS_PER_SECOND, all - (hasSound ? AUDIO_BITS_PER_SECOND : 0));
}
