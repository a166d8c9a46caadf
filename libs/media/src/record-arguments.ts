import type { RecordedStream } from '@vr/contracts';
import { DECODER_ARGUMENTS, encoderArguments, type Encoding } from './encoder/encoder-arguments';
import { copiesBeforeKeyFrame, type FfmpegFeatures } from './features';
import { inputArguments } from './input-arguments';
import type { CameraSound } from './sound';

export interface RecordingManner {
  /** Absent: the picture is copied, whatever `camera.encoder` says. EncoderChoice knows what works here. */
  encoding?: Encoding | undefined;
  /** What probeSound found, where `audio` is on. */
  sound?: CameraSound | undefined;
}

/**
 * What a kill may lose, and how long a picture waits to be on the disk. Shorter fragments cost more than they save
 * (docs/benchmarks.md).
 */
const FRAGMENT_US = 500_000;

/**
 * ffmpeg's arguments that bring a camera as fragmented MP4 on stdout, a fragment each half second and at each key
 * frame. They hold the camera's password: hand them to spawnRecording, which keeps it out of the process list, and to
 * nobody else.
 */
export function recordArguments(
  camera: RecordedStream,
  ffmpeg: FfmpegFeatures,
  { encoding, sound }: RecordingManner = {},
): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'],
    ...(encoding ? DECODER_ARGUMENTS : PROMPT_START),
    ...inputArguments(camera, ffmpeg),
    ...videoArguments(ffmpeg, encoding),
    ...(camera.audio === 'on' ? soundArguments(sound) : ['-an']),
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
    ...['-frag_duration', String(FRAGMENT_US), '-flush_packets', '1', 'pipe:1'],
  ];
}

/**
 * ffmpeg holds a copied stream back until it knows the frame rate: for twenty pictures, or for 5 s where several carry
 * one stamp. A copy does not need that rate. (An encoder does.)
 */
const PROMPT_START = ['-fpsprobesize', '0'];

function videoArguments(ffmpeg: FfmpegFeatures, encoding: Encoding | undefined): string[] {
  return ['-map', '0:v:0', ...(encoding ? encoderArguments(encoding, ffmpeg.version) : copyArguments(ffmpeg))];
}

/**
 * With `-copyinkf` pictures before the first key frame come too. Nobody can decode them, and the recorder does not
 * write them, but they show that the camera is alive. Without it, a GOP of five minutes would look like five minutes of
 * silence.
 */
function copyArguments(ffmpeg: FfmpegFeatures): string[] {
  return ['-c:v', 'copy', ...(copiesBeforeKeyFrame(ffmpeg) ? ['-copyinkf'] : [])];
}

/**
 * AAC is copied. Browsers do not play MP4 with G.711, G.726 or PCM, so those become AAC. Where a camera promised sound
 * and none came, the run goes without: the encoder would wait for it, and the muxer for the encoder. Without PROMPT the
 * muxer holds the pictures back for the sound (370 ms, then 67 ms), and for good where the sound stops.
 */
function soundArguments(sound: CameraSound | undefined): string[] {
  if (sound?.codec === 'aac') return ['-map', '0:a:0?', '-c:a', 'copy', ...PROMPT];
  if (sound && !sound.flows) return ['-an'];
  return ['-map', '0:a:0?', '-c:a', 'aac', ...PROMPT];
}

const PROMPT = ['-max_interleave_delta', '1'];
