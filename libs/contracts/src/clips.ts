import { z } from 'zod';
import { cameraId, type CameraId } from './camera';
import { clipId } from './clip-id';
import { ERROR_CODES } from './errors';
import { outsideCameraId, outsideInstant, outsideText } from './fields';
import { notNegative, recordedSeconds, sha256 } from './kept-instants';
import { bucketName, objectKey } from './object-name';
import { payloadReader, sourceFields, type SourceFields } from './payload';
import { gap } from './status';

/** `seguranca.record.clip`: a clip that somebody asks for by hand. */
export interface ClipRequest {
  cameraId: CameraId;
  startMs: number;
  endMs: number;
  timestampAssumed?: true;
  reason?: string;
  requestId?: string;
  source: SourceFields;
}

export const clipRequestFields = {
  camera_id: outsideCameraId,
  start: outsideInstant,
  end: outsideInstant,
  reason: outsideText.optional(),
  request_id: outsideText.optional(),
};

export const readClipRequest = payloadReader(clipRequestFields, (read, message): ClipRequest => ({
  cameraId: read.camera_id,
  ...message.range(read),
  timestampAssumed: message.assumed,
  reason: read.reason,
  requestId: read.request_id,
  source: message.source,
}));

/** The reply to `seguranca.record.clip`. */
export interface ClipQueued {
  clip_id: string;
  queued: true;
  timestamp_assumed?: true;
}

/**
 * Why a clip is not a copy of what the camera sent.
 * - `mixed`: the camera changed its picture, codec or sound in the middle.
 * - `codec`: browsers do not play the camera's codec, or CLIP_CODEC wants another.
 * - `cut`: CLIP_CUT=reencode asks for it.
 * - `size`: CLIP_MAX_MB asks for it.
 */
const CLIP_ENCODINGS = ['mixed', 'codec', 'cut', 'size'] as const;
export type ClipEncoding = (typeof CLIP_ENCODINGS)[number];

/** What a camera sent for a while. */
const cameraStream = z.object({
  start: recordedSeconds,
  end: recordedSeconds,
  codec: z.string(),
  width: notNegative,
  height: notNegative,
});
export type CameraStream = z.infer<typeof cameraStream>;

/** `seguranca.record.clip.ready`. Instants and lengths in seconds; `start`/`end` are what the file really holds. */
export const clipReady = z.object({
  clip_id: clipId,
  event_id: z.string(),
  camera_id: cameraId,
  event_type: z.string(),
  url: z.string(),
  thumbnail_url: z.string(),
  timestamp: recordedSeconds,
  start: recordedSeconds,
  end: recordedSeconds,
  duration: notNegative,
  requested_start: recordedSeconds,
  requested_end: recordedSeconds,
  partial: z.boolean(),
  gaps: z.array(gap),
  bucket: bucketName,
  key: objectKey,
  size_bytes: notNegative,
  sha256,
  codec: z.string(),
  width: notNegative,
  height: notNegative,
  /** Absent where the clip is a copy of what the camera sent. */
  encoded: z.enum(CLIP_ENCODINGS).optional(),
  /** What the camera sent, in order; only where the clip is encoded. */
  streams: z.array(cameraStream).optional(),
  /**
   * How far the event lay ahead of our clock; only present where it did. We took it for an event of the moment at which
   * it came.
   */
  clock_ahead_seconds: z.number().optional(),
  /** An instant came without a zone. We read it in TZ. */
  timestamp_assumed: z.literal(true).optional(),
  source: sourceFields,
  /** Present where the event was larger than the 64 KB that we keep: `source` then lacks some of its fields. */
  source_truncated: z.literal(true).optional(),
});
export type ClipReady = z.infer<typeof clipReady>;

/** `seguranca.record.clip.failed`: the last retry has failed, and none follows. */
export const clipFailed = z.object({
  event_id: z.string(),
  camera_id: z.string(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  /** The field at fault. Only an event or a request that cannot be read has one. */
  field: z.string().optional(),
  /** How many more messages of the camera were lately refused without a message of their own. */
  left_out: z.number().optional(),
  timestamp: z.number(),
});
export type ClipFailed = z.infer<typeof clipFailed>;
