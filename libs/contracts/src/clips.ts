import { z } from 'zod';
import { cameraId } from './camera';
import { ERROR_CODES } from './errors';
import { outsideObject, shortText, sourceFields, type SourceFields } from './payload';
import { gap } from './status';
import { timestampMs } from './time';

/** `seguranca.record.clip`: a clip that somebody asks for by hand. */
export interface ClipRequest {
  cameraId: string;
  startMs: number;
  endMs: number;
  reason?: string;
  requestId?: string;
  source: SourceFields;
}

export const clipRequest = outsideObject(
  z
    .object({
      camera_id: cameraId,
      start: timestampMs,
      end: timestampMs,
      reason: shortText.optional(),
      request_id: shortText.optional(),
    })
    .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' }),
  (read, source): ClipRequest => ({
    cameraId: read.camera_id,
    startMs: read.start,
    endMs: read.end,
    reason: read.reason,
    requestId: read.request_id,
    source,
  }),
);

/** The reply to `seguranca.record.clip`. */
export interface ClipQueued {
  clip_id: string;
  queued: true;
}

/** `seguranca.record.clip.ready`. Instants and lengths in seconds; `start`/`end` are what the file really holds. */
export const clipReady = z.object({
  clip_id: z.string(),
  event_id: z.string(),
  camera_id: cameraId,
  event_type: z.string(),
  url: z.string(),
  thumbnail_url: z.string(),
  timestamp: z.number(),
  start: z.number(),
  end: z.number(),
  duration: z.number(),
  requested_start: z.number(),
  requested_end: z.number(),
  partial: z.boolean(),
  gaps: z.array(gap),
  bucket: z.string(),
  key: z.string(),
  size_bytes: z.number(),
  sha256: z.string(),
  codec: z.string(),
  width: z.number(),
  height: z.number(),
  source: sourceFields,
});
export type ClipReady = z.infer<typeof clipReady>;

/** `seguranca.record.clip.failed`: final, after the last retry. */
export const clipFailed = z.object({
  event_id: z.string(),
  camera_id: z.string(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  timestamp: z.number(),
});
export type ClipFailed = z.infer<typeof clipFailed>;

/** What a clip job carries through the queue. Times in ms since the epoch, UTC. */
export const clipJob = z.object({
  clipId: z.string(),
  /** One value per event however often it is sent: `event_id`, or subject, camera and timestamp. */
  identity: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  cameraId,
  timestampMs: z.number(),
  startMs: z.number(),
  endMs: z.number(),
  source: sourceFields,
});
export type ClipJob = z.infer<typeof clipJob>;

/**
 * The `.json` beside a clip on disk: what it is and how far it got. The disk is the outbox: a record that is not
 * `announced` is put back in the queue, so losing Redis loses no clip.
 * claimed -> cut (file and thumbnail whole) -> uploaded (both verified in the store) -> announced (message flushed)
 */
export const clipRecord = z.object({
  state: z.enum(['claimed', 'cut', 'uploaded', 'announced', 'failed']),
  job: clipJob,
  ready: clipReady.optional(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
});
export type ClipRecord = z.infer<typeof clipRecord>;
