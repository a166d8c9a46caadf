import type { CameraConfig } from '@vr/contracts';
import { encodedCameraUrl } from './camera-url';
import { DECODER_ARGUMENTS, encoderArguments, type Encoding } from './encoder/encoder-arguments';
import type { FfmpegFeatures } from './features';

/** A camera that sends nothing for this long is gone. */
const SILENCE_US = 10_000_000;

/**
 * ffmpeg's arguments that bring a camera as fragmented MP4 on stdout, a fragment a second and at each key frame (footage.md).
 * They hold the camera's password: hand them to spawnRecording, which keeps it out of the process list, and to nobody else.
 * The picture is copied where no encoding is given, whatever `camera.encoder` says: EncoderChoice knows what works here.
 */
export function recordArguments(camera: CameraConfig, ffmpeg: FfmpegFeatures, encoding?: Encoding): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning'],
    ...(encoding ? DECODER_ARGUMENTS : []),
    ...inputArguments(camera, ffmpeg),
    ...videoArguments(ffmpeg, encoding),
    ...(camera.audio === 'on' ? AUDIO_ARGUMENTS : ['-an']),
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
    ...['-frag_duration', '1000000', '-flush_packets', '1', 'pipe:1'],
  ];
}

function inputArguments({ url, transport }: CameraConfig, { timeoutOption }: FfmpegFeatures): string[] {
  return ['-rtsp_transport', transport, timeoutOption, String(SILENCE_US), '-i', encodedCameraUrl(url)];
}

function videoArguments({ version }: FfmpegFeatures, encoding: Encoding | undefined): string[] {
  return ['-map', '0:v:0', ...(encoding ? encoderArguments(encoding, version) : ['-c:v', 'copy'])];
}

/** G.711 does not go into MP4, hence AAC; without the delta the muxer holds the pictures back for the sound (370 ms, then 67 ms). */
const AUDIO_ARGUMENTS = ['-map', '0:a:0?', '-c:a', 'aac', '-max_interleave_delta', '1'];
