/** Why ffmpeg ended: the closed list of reasons that users and metrics see. Mostly its last words say it. */
import type { GapReason } from '@vr/contracts';
import type { SourceEnding } from './camera-source';

// ffmpeg 4.4 to 8 say the same, but for the words of the C library: glibc's and musl's.
const SIGNS: readonly (readonly [RegExp, GapReason])[] = [
  [/401 Unauthorized|403 Forbidden|authorization failed/i, 'camera_unauthorized'],
  [/404 Not Found|Stream Not Found/i, 'camera_not_found'],
  [/Failed to resolve hostname/i, 'camera_not_found'],
  [/Connection refused|No route to host|Host is (unreachable|down)|Network (is )?unreachable/i, 'camera_refused'],
  [/matches no streams|does not contain any stream|Output file #0 does not contain/i, 'camera_no_video'],
  // Only video is asked for: where there is none, nothing is set up, and PLAY comes without a session.
  [/method PLAY failed: 454 Session Not Found/i, 'camera_no_video'],
  [/timed out/i, 'camera_timeout'],
  // It is there and does not want: too many sessions (453), a transport that it has not (461), not ready yet (503).
  [/method (OPTIONS|DESCRIBE|SETUP|PLAY) failed: [45]\d\d|Server returned [45]/i, 'camera_refused'],
];

/** What the muxer says of a codec that does not go into MP4, or that ffmpeg does not know. */
const UNSUPPORTED = /Could not find tag for codec (\S+) in stream/;

/** ffmpeg's name of a codec that cannot be recorded as it comes; undefined where that is not what ended the run. */
export function unsupportedCodec({ lastWords }: Pick<SourceEnding, 'lastWords'>): string | undefined {
  return UNSUPPORTED.exec(lastWords)?.[1];
}

export function endReason({ lastWords, crashed, encoderFailed }: SourceEnding): GapReason {
  if (encoderFailed) return 'encoder_failed';
  if (unsupportedCodec({ lastWords }) !== undefined) return 'unsupported_codec';
  if (crashed) return 'ffmpeg_failed';
  return SIGNS.find(([sign]) => sign.test(lastWords))?.[1] ?? 'camera_disconnected';
}
