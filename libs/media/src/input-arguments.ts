import { encodedUrl } from '@vr/base';
import type { RecordedStream } from '@vr/contracts';
import type { FfmpegFeatures } from './features';

/** A camera that sends nothing for this long is gone. */
const SILENCE_US = 10_000_000;

/**
 * How ffmpeg and ffprobe are told to read a camera. The last argument is its URL, with the password.
 *
 * Only tracks that are recorded are asked for. With a second track ffmpeg takes the times of all tracks from the
 * camera's sender reports (rtpdec.c, finalize_packet), and some cameras send reports that stand still or jump.
 */
export function inputArguments({ url, transport, audio }: RecordedStream, { timeoutOption }: FfmpegFeatures): string[] {
  const tracks = audio === 'on' ? 'video+audio' : 'video';
  const asked = ['-rtsp_transport', transport, '-allowed_media_types', tracks];
  return [...asked, timeoutOption, String(SILENCE_US), '-i', encodedUrl(url)];
}
