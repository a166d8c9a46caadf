import { run } from './ffmpeg';
import { MediaError } from './media-error';

/** What this machine's ffmpeg calls things. */
export interface FfmpegFeatures {
  version: string;
  /**
   * The option for the time without a byte after which an RTSP connection counts as dead, in microseconds. Up to ffmpeg
   * 4.4 that is `-stimeout`, and `-timeout` means "listen for a connection for so long"; from 5.0 on it is `-timeout`.
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

let knownVersion: Promise<string> | undefined;

/** The version of the ffmpeg in PATH. It is asked once. */
export function ffmpegVersion(): Promise<string> {
  knownVersion ??= run('ffmpeg', ['-version'], { deadlineMs: DEADLINE_MS }).then(({ stdout }) => readVersion(stdout));
  knownVersion.catch(() => (knownVersion = undefined)); // whoever asks is told, and may ask again
  return knownVersion;
}

/**
 * The times with which pictures leave ffmpeg. `passthrough`: each keeps its own. `vfr`: the same, but no two share one
 * time. The option is `-vsync` up to 5.0 and `-fps_mode` from 5.1 on; ffmpeg 9 knows only the second.
 */
export function pictureTimes(mode: 'passthrough' | 'vfr', version: string): string[] {
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) === 0);
  return [isOld ? '-vsync' : '-fps_mode', mode];
}

/** From the answers to `ffmpeg -version` and `ffmpeg -h demuxer=rtsp`. */
export function readFeatures(version: string, rtspHelp: string): FfmpegFeatures {
  if (!rtspHelp.includes('-rtsp_transport'))
    throw new MediaError('unsupported', 'this ffmpeg cannot read RTSP: wanted a build with the rtsp demuxer');
  return {
    version: readVersion(version),
    timeoutOption: /^\s*-stimeout\s/m.test(rtspHelp) ? '-stimeout' : '-timeout',
  };
}

/**
 * Whether `-copyinkf` may be used. ffmpeg 4.4 gives all pictures before the first key frame one time. With sound beside
 * them it then ends in an assertion (movenc.c, next_dts >= 0). From 5.1 on it works.
 */
export function copiesBeforeKeyFrame({ version }: Pick<FfmpegFeatures, 'version'>): boolean {
  return !/^n?[0-4]\./.test(version);
}

function readVersion(answer: string): string {
  return /^ffmpeg version (\S+)/.exec(answer)?.[1] ?? 'unknown';
}
