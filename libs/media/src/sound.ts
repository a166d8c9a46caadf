import type { RecordedStream } from '@vr/contracts';
import { z } from 'zod';
import { openCameraDoor } from './camera-door';
import type { FfmpegFeatures } from './features';
import { run } from './ffmpeg';
import { inputArguments } from './input-arguments';
import { MediaError } from './media-error';
import type { RecordingOptions } from './recording-process';

/** What a camera says of its sound, and whether any came. */
export interface CameraSound {
  /** ffmpeg's name: aac, pcm_alaw, adpcm_g726le ... */
  codec: string;
  flows: boolean;
}

const DEADLINE_MS = 8000;
/** The camera is slow or the machine is busy. Nothing speaks against the sound, so it is encoded, whatever it is. */
const NOT_HEARD_IN_TIME: CameraSound = { codec: 'unknown', flows: true };
/** Half a second of packets, after at most one second of analysis. Sound comes 10 to 50 times a second. */
const ASK = [
  '-show_entries',
  'stream=codec_type,codec_name:packet=codec_type',
  '-analyzeduration',
  '1000000',
  '-read_intervals',
  '%+0.5',
];
const answer = z.object({
  packets: z.array(z.object({ codec_type: z.string().optional() })).default([]),
  streams: z.array(z.object({ codec_type: z.string(), codec_name: z.string().default('unknown') })).default([]),
});

/**
 * Asks a camera for its sound, in an RTSP session of its own that takes a second or two. ffmpeg must be told beforehand
 * whether to copy or to encode, and an encoder that waits for sound holds the pictures back. Undefined: the camera has
 * no sound, or it refuses. In the second case the recording will say why.
 */
export async function probeSound(
  camera: RecordedStream,
  ffmpeg: FfmpegFeatures,
  { mendsReports }: RecordingOptions = {},
): Promise<CameraSound | undefined> {
  const input = inputArguments(camera, ffmpeg);
  const door = await openCameraDoor(input.at(-1) ?? '', mendsReports);
  try {
    const args = ['-v', 'error', '-print_format', 'json', ...ASK, ...input.with(-1, door.url)];
    const { stdout } = await run('ffprobe', args, { deadlineMs: DEADLINE_MS });
    return readSound(stdout);
  } catch (error) {
    if (error instanceof MediaError && error.fault === 'late') return NOT_HEARD_IN_TIME;
    if (error instanceof MediaError && error.fault === 'failed') return undefined;
    throw error;
  } finally {
    door.close();
  }
}

/** From ffprobe's answer. */
export function readSound(json: string): CameraSound | undefined {
  const { packets, streams } = answer.parse(JSON.parse(json));
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  return audio && { codec: audio.codec_name, flows: packets.some(({ codec_type }) => codec_type === 'audio') };
}
