/** Says by the closed list of reasons why a session of our own RTSP client ended. */
import type { GapReason } from '@vr/contracts';
import type { RtspFault } from '@vr/rtsp';

// Node's codes of what a network answers.
const SIGNS: readonly (readonly [RegExp, GapReason])[] = [
  [/ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH/, 'camera_refused'],
  [/ENOTFOUND|EAI_AGAIN/, 'camera_not_found'],
  [/ETIMEDOUT/, 'camera_timeout'],
];

export function faultReason({ kind, message, status }: RtspFault): GapReason {
  if (kind === 'invalid') return 'stream_invalid';
  if (kind === 'unauthorized') return 'camera_unauthorized';
  if (kind === 'silent') return 'camera_timeout';
  if (kind === 'unsupported') return message.endsWith('no video') ? 'camera_no_video' : 'unsupported_codec';
  if (kind === 'refused') return status === 404 ? 'camera_not_found' : 'camera_refused';
  return SIGNS.find(([sign]) => sign.test(message))?.[1] ?? 'camera_disconnected';
}
