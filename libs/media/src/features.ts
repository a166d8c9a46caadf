import { run } from './ffmpeg';
import { MediaError } from './media-error';

/** What this machine's ffmpeg calls things. */
export interface FfmpegFeatures {
  version: string;
  /**
   * The option for the time without a byte after which an RTSP connection counts as dead, in microseconds. Up to ffmpeg 4.4 that is
   * `-stimeout`, and `-timeout` means "listen for a connection for so long"; from 5.0 on it is `-timeout`.
   */
  timeoutOption: '-stimeout' | '-timeout';
}

const DEADLINE_MS = 10_000;

/** Asks the ffmpeg in PATH what it is. */
export async function detectFfmpeg(): Promise<FfmpegFeatures> {
  const [{ stdout: version }, { stdout: rtsp }] = await Promise.all([
    run('ffmpeg', ['-version'], { deadlineMs: DEADLINE_MS }),
    run('ffmpeg', ['-hide_banner', '-h', 'demuxer=rtsp'], { deadlineMs: DEADLINE_MS }),
  ]);
  return readFeatures(version, rtsp);
}

/** From the answers to `ffmpeg -version` and `ffmpeg -h demuxer=rtsp`. */
export function readFeatures(version: string, rtspHelp: string): FfmpegFeatures {
  if (!rtspHelp.includes('-rtsp_transport')) throw new MediaError('unsupported', 'this ffmpeg cannot read RTSP: wanted a build with the rtsp demuxer');
  return {
    version: /^ffmpeg version (\S+)/.exec(version)?.[1] ?? 'unknown',
    timeoutOption: /^\s*-stimeout\s/m.test(rtspHelp) ? '-stimeout' : '-timeout',
  };
}

/**
 * Whether `-copyinkf` may be used. ffmpeg 4.4 squeezes the pictures before the first key frame into one instant, and with sound beside
 * them it ends in an assertion (movenc.c, next_dts >= 0); from 5.1 on it is sound.
 */
export function copiesBeforeKeyFrame({ version }: Pick<FfmpegFeatures, 'version'>): boolean {
  return !/^n?[0-4]\./.test(version);
}
