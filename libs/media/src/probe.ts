import { z } from 'zod';
import { run } from './ffmpeg';
import { MediaError } from './media-error';

const DEADLINE_MS = 15_000;

/** What a media file holds. */
export interface MediaFacts {
  /** ffmpeg's name: h264, hevc. */
  codec: string;
  width: number;
  height: number;
  durationMs: number;
  /** The time stamp of its first sample; 0 in most files. */
  startMs: number;
  audioCodec?: string;
  /** On average; 0 where the file does not say it. */
  framesPerSecond: number;
}

/** ffprobe writes seconds as text. */
const seconds = z.coerce.number();
const stream = z.object({
  codec_type: z.string(),
  codec_name: z.string().default('unknown'),
  width: z.number().default(0),
  height: z.number().default(0),
  avg_frame_rate: z.string().default('0/0'),
});
const answer = z.object({
  streams: z.array(stream),
  format: z.object({ duration: seconds.default(0), start_time: seconds.default(0) }),
});

/** Reads what a file holds. Rejects with a MediaError where it is no media file, or has no video. */
export async function probe(path: string, signal?: AbortSignal): Promise<MediaFacts> {
  const args = [
    '-v',
    'error',
    '-print_format',
    'json',
    '-show_entries',
    'stream=codec_type,codec_name,width,height,avg_frame_rate:format=duration,start_time',
    path,
  ];
  const { stdout } = await run('ffprobe', args, { deadlineMs: DEADLINE_MS, ...(signal && { signal }) });
  return readFacts(path, stdout);
}

export function readFacts(path: string, json: string): MediaFacts {
  const { streams, format } = answer.parse(JSON.parse(json));
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  if (!video) throw new MediaError('failed', `${path}: wanted a file with video, found none in it`);
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  return {
    codec: video.codec_name,
    width: video.width,
    height: video.height,
    durationMs: Math.round(format.duration * 1000),
    startMs: Math.round(format.start_time * 1000),
    framesPerSecond: rateOf(video.avg_frame_rate),
    ...(audio && { audioCodec: audio.codec_name }),
  };
}

/** ffprobe writes a rate as a fraction, `0/0` where it knows none. */
function rateOf(fraction: string): number {
  const [count = 0, seconds = 0] = fraction.split('/').map(Number);
  return count > 0 && seconds > 0 ? count / seconds : 0;
}
