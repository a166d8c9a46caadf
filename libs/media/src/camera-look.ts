/** Looks at what a camera sends, for a person who sets it up. It takes ten seconds at most, and records nothing. */
import type { CameraConfig } from '@vr/contracts';
import { z } from 'zod';
import { openCameraDoor } from './camera-door';
import type { FfmpegFeatures } from './features';
import { run } from './ffmpeg';
import { inputArguments } from './input-arguments';
import { MediaError } from './media-error';

const DEADLINE_MS = 9000;
/** Some GOPs of most cameras. */
const LOOK = ['-analyzeduration', '2000000', '-read_intervals', '%+5'];
const SHOW =
  'stream=index,codec_type,codec_name,width,height,avg_frame_rate:packet=stream_index,pts_time,dts_time,size,flags';
/** Whatever a server answers: media come by these and by nothing else, no file and no http. */
const ONLY = ['-protocol_whitelist', 'rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto'];

/** `refused`: nobody takes the connection. `late`: no picture came in time. */
export type CameraTrouble = 'refused' | 'unauthorized' | 'not_found' | 'no_video' | 'late' | 'unreadable';

export interface CameraLook {
  codec: string;
  width: number;
  height: number;
  /** Of the pictures that came. */
  fps?: number;
  /** From one key frame to the next. Absent where fewer than two came. */
  gopSeconds?: number;
  bitrateKbps?: number;
  audioCodec?: string;
}

const packet = z.object({
  stream_index: z.number(),
  pts_time: z.coerce.number().optional(),
  dts_time: z.coerce.number().optional(),
  size: z.coerce.number().default(0),
  flags: z.string().default(''),
});
const stream = z.object({
  index: z.number(),
  codec_type: z.string(),
  codec_name: z.string().default('unknown'),
  width: z.number().default(0),
  height: z.number().default(0),
});
const answer = z.object({ packets: z.array(packet).default([]), streams: z.array(stream).default([]) });

/** The first words that fit say what is wrong. They are ffmpeg's, and differ little from 4.2 to 7. */
const WORDS: readonly [RegExp, CameraTrouble][] = [
  [/401 Unauthorized|authorization failed/i, 'unauthorized'],
  [/404 Not Found/i, 'not_found'],
  [/refused|No route to host|unreachable|Failed to resolve|Name or service|Cannot assign/i, 'refused'],
  [/timed? ?out/i, 'late'],
];

/** What the camera sends, or why nothing came. Never throws for what a camera does. */
export async function lookAtCamera(
  camera: Pick<CameraConfig, 'url' | 'transport'>,
  ffmpeg: FfmpegFeatures,
  signal?: AbortSignal,
): Promise<CameraLook | CameraTrouble> {
  const input = inputArguments({ ...camera, audio: 'on' } as CameraConfig, ffmpeg);
  const door = await openCameraDoor(input.at(-1) ?? '');
  try {
    const args = ['-v', 'error', ...ONLY, '-print_format', 'json', '-show_entries', SHOW, ...LOOK];
    const all = [...args, ...input.with(-1, door.url)];
    const { stdout } = await run('ffprobe', all, { deadlineMs: DEADLINE_MS, ...(signal && { signal }) });
    return readLook(stdout);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    if (error.fault === 'late') return 'late';
    if (error.fault !== 'failed') throw error;
    return WORDS.find(([words]) => words.test(error.message))?.[1] ?? 'unreadable';
  } finally {
    door.close();
  }
}

/** From ffprobe's answer. */
function readLook(json: string): CameraLook | CameraTrouble {
  const { packets, streams } = answer.parse(JSON.parse(json));
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  if (!video) return 'no_video';
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  const pictures = packets.filter(({ stream_index }) => stream_index === video.index);
  const keys = pictures.filter(({ flags }) => flags.startsWith('K'));
  const spanSeconds = spanOf(pictures);
  const bytes = pictures.reduce((sum, { size }) => sum + size, 0);
  return {
    codec: video.codec_name,
    width: video.width,
    height: video.height,
    ...(spanSeconds > 0 && {
      fps: rounded((pictures.length - 1) / spanSeconds),
      bitrateKbps: Math.round((bytes * 8) / spanSeconds / 1000),
    }),
    ...(keys.length > 1 && { gopSeconds: rounded(spanOf(keys) / (keys.length - 1)) }),
    ...(audio && { audioCodec: audio.codec_name }),
  };
}

function spanOf(packets: readonly z.output<typeof packet>[]): number {
  const times = packets.flatMap(({ dts_time, pts_time }) => dts_time ?? pts_time ?? []);
  return Math.max(0, (times.at(-1) ?? 0) - (times[0] ?? 0));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
