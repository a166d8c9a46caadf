import { z } from 'zod';
import { cameraId, SOURCE_NAMES } from './camera';
import { outsideCameraId } from './fields';
import { notNegative, recordedSeconds } from './kept-instants';
import { payloadReader } from './payload';

export const CAMERA_STATES = [
  'connecting',
  'recording',
  'stalled',
  'offline',
  'disk_full',
  'unsupported_codec',
  'disabled',
] as const;
export type CameraState = (typeof CAMERA_STATES)[number];

/** Why footage is missing. The list is closed: gaps.jsonl, metrics and the API's answers all use it. */
export const GAP_REASONS = [
  'camera_refused',
  'camera_unauthorized',
  'camera_not_found',
  'camera_no_video',
  'unsupported_codec',
  'camera_stalled',
  'camera_disconnected',
  'camera_timeout',
  'stream_changed',
  'stream_invalid',
  'clock_step',
  'disk_full',
  'disk_slow',
  'disk_error',
  'encoder_failed',
  'ffmpeg_failed',
  'recorder_stopped',
  'recorder_killed',
  'camera_changed',
  'camera_disabled',
  'unknown',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** What both streams of a camera have. */
const streamStatus = {
  state: z.enum(CAMERA_STATES),
  since: recordedSeconds,
  reason: z.string().optional(),
  codec: z.string().optional(),
  width: notNegative.optional(),
  height: notNegative.optional(),
};
const subStatus = z.object(streamStatus);

/** `seguranca.record.status`. Instants are in seconds since the epoch. */
export const cameraStatus = z.object({
  camera_id: cameraId,
  ...streamStatus,
  fps: notNegative.optional(),
  bitrate_kbps: notNegative.optional(),
  gop_seconds: notNegative.optional(),
  last_fragment_at: recordedSeconds.optional(),
  /** What did not come whole since the recorder began. Only the native source counts it. */
  packets_lost: notNegative.optional(),
  pictures_dropped: notNegative.optional(),
  /** What reads the main stream. */
  source: z.enum(SOURCE_NAMES).optional(),
  /** What dates a picture: the camera's time stamps, or its arrival where those stamps run at another rate. */
  clock: z.enum(['camera', 'arrival']).optional(),
  /** The sub-stream's own state, where the camera has one. `state` above is the main stream's. */
  sub: subStatus.optional(),
});
export type CameraStatus = z.infer<typeof cameraStatus>;

/** `seguranca.record.status` as a request. It asks for the states of all cameras, or of one. */
export const readStatusRequest = payloadReader(
  { camera_id: outsideCameraId.optional() },
  ({ camera_id }): { cameraId?: string } => ({ cameraId: camera_id }),
);

/** The reply to it. */
export interface CameraStatuses {
  cameras: CameraStatus[];
}

/** An interruption of a camera's footage, as outsiders see it. */
export const gap = z.object({ start: recordedSeconds, end: recordedSeconds, reason: z.enum(GAP_REASONS) });
export type GapBody = z.infer<typeof gap>;
