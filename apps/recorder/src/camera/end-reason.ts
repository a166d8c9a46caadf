/** Why ffmpeg ended: the closed list of reasons that users and metrics see. Mostly its last words say it. */
import type { GapReason } from '@vr/contracts';
import type { SourceEnding } from './camera-source';

const SIGNS: readonly (readonly [RegExp, GapReason])[] = [
  [/401 Unauthorized|403 Forbidden|authorization failed/i, 'camera_unauthorized'],
  [/404 Not Found|Stream Not Found/i, 'camera_not_found'],
  [/Name or service not known|Temporary failure in name resolution|No address associated/i, 'camera_not_found'],
  [/Connection refused|No route to host|Network is unreachable/i, 'camera_refused'],
  [/matches no streams|does not contain any stream|Output file #0 does not contain/i, 'camera_no_video'],
  [/timed out|Operation timed out|ETIMEDOUT/i, 'camera_timeout'],
];

export function endReason({ lastWords, crashed, encoderFailed }: SourceEnding): GapReason {
  if (encoderFailed) return 'encoder_failed';
  if (crashed) return 'ffmpeg_failed';
  return SIGNS.find(([sign]) => sign.test(lastWords))?.[1] ?? 'camera_disconnected';
}
