/** Says why a source ended, by the closed list of reasons that users and metrics see. Mostly its last words say it. */
import type { GapReason } from '@vr/contracts';
import type { SourceEnding } from './camera-source';

// ffmpeg 4.4 to 8 use the same words, except that the C library's words differ between glibc and musl.
const SIGNS: readonly (readonly [RegExp, GapReason])[] = [
  [/401 Unauthorized|403 Forbidden|authorization failed/i, 'camera_unauthorized'],
  [/404 Not Found|Stream Not Found/i, 'camera_not_found'],
  [/Failed to resolve hostname/i, 'camera_not_found'],
  [/Connection refused|No route to host|Host is (unreachable|down)|Network (is )?unreachable/i, 'camera_refused'],
  [/matches no streams|does not contain any stream|Output file #0 does not contain/i, 'camera_no_video'],
  // ffmpeg asks for video only. If there is none, it sets nothing up, and its PLAY has no session.
  [/method PLAY failed: 454 Session Not Found/i, 'camera_no_video'],
  [/timed out/i, 'camera_timeout'],
  // The camera is there but refuses: too many sessions (453), a transport it does not have (461), not ready yet (503).
  [/method (OPTIONS|DESCRIBE|SETUP|PLAY) failed: [45]\d\d|Server returned [45]/i, 'camera_refused'],
];

/** The muxer says this of a codec that does not fit into MP4, or that ffmpeg does not know. */
const UNSUPPORTED = /Could not find tag for codec (\S+) in stream/;

/** Gives ffmpeg's name of a codec that cannot be copied, or undefined if that did not end the run. */
export function unsupportedCodec({ lastWords }: Pick<SourceEnding, 'lastWords'>): string | undefined {
  return UNSUPPORTED.exec(lastWords)?.[1];
}

export function endReason({ lastWords, crashed, encoderFailed, reason }: SourceEnding): GapReason {
  if (reason !== undefined) return reason;
  if (encoderFailed) return 'encoder_failed';
  if (unsupportedCodec({ lastWords }) !== undefined) return 'unsupported_codec';
  if (crashed) return 'ffmpeg_failed';
  return SIGNS.find(([sign]) => sign.test(lastWords))?.[1] ?? 'camera_disconnected';
}
