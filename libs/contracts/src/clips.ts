import { z } from 'zod';
import { cameraId } from './camera';
import { ERROR_CODES } from './errors';
import { outsideCameraId, outsideInstant, outsideText } from './fields';
import { payloadReader, sourceFields, type SourceFields } from './payload';
import { gap } from './status';

/** `seguranca.record.clip`: a clip that somebody asks for by hand. */
export interface ClipRequest {
  cameraId: string;
  startMs: number;
  endMs: number;
  timestampAssumed?: true;
  reason?: string;
  requestId?: string;
  source: SourceFields;
}

export const readClipRequest = payloadReader(
  {
    camera_id: outsideCameraId,
    start: outsideInstant,
    end: outsideInstant,
    reason: outsideText.optional(),
    request_id: outsideText.optional(),
  },
  (read, message): ClipRequest => ({
    cameraId: read.camera_id,
    ...message.range(read),
    timestampAssumed: message.assumed,
    reason: read.reason,
    requestId: read.request_id,
    source: message.source,
  }),
);

/** The reply to `seguranca.record.clip`. */
export interface ClipQueued {
  clip_id: string;
  queued: true;
  timestamp_assumed?: true;
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
  /** How far ahead of our clock the event lay; only where it did. It was taken for one of the moment at which it came. */
  clock_ahead_seconds: z.number().optional(),
  /** An instant came without a zone and was taken in TZ. */
  timestamp_assumed: z.literal(true).optional(),
  source: sourceFields,
});
export type ClipReady = z.infer<typeof clipReady>;

/** `seguranca.record.clip.failed`: final, after the last retry. */
export const clipFailed = z.object({
  event_id: z.string(),
  camera_id: z.string(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  /** The field at fault, of an event or request that cannot be read. */
  field: z.string().optional(),
  /** How many more of the camera were refused of late, where not each is told. */
  left_out: z.number().optional(),
  timestamp: z.number(),
});
export type ClipFailed = z.infer<typeof clipFailed>;

/** What a clip job carries through the queue: one event, and the footage that it wants. Times in ms since the epoch, UTC. */
export const clipJob = z.object({
  /** `event_{camera}_{seconds}`, and so on: the instant in it decides the folder. */
  clipId: z.string().regex(/^[A-Za-z0-9_-]+_\d{9,10}\.\d{3}[0-9a-f_.]*$/),
  /** One value per event however often it is sent: `event_id`, or subject, camera and timestamp. */
  identity: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  cameraId,
  timestampMs: z.number(),
  startMs: z.number(),
  endMs: z.number(),
  /** How far ahead of our clock the event lay; it was taken for one of the moment at which it came. */
  clampedByMs: z.number().optional(),
  /** An instant came without a zone and was taken in TZ. */
  timestampAssumed: z.literal(true).optional(),
  source: sourceFields,
});
export type ClipJob = z.infer<typeof clipJob>;

/** Another event that is part of a clip; its own record has all of it. */
export const clipMember = clipJob.pick({ clipId: true, identity: true, startMs: true, endMs: true });
export type ClipMember = z.infer<typeof clipMember>;

/**
 * The `.json` beside a clip on disk: what it is and how far it got. The disk is the outbox: a record that is neither `announced`,
 * `failed` nor `merged` is put back in the queue, so losing Redis loses no clip. See docs/design.md, "A clip, from event to ready".
 * claimed -> cut (file and thumbnail whole) -> uploaded (both verified in the store) -> announced (messages flushed)
 */
export const clipRecord = z.object({
  state: z.enum(['claimed', 'cut', 'uploaded', 'announced', 'failed', 'merged']),
  job: clipJob,
  /** The other events that this clip is for. */
  members: z.array(clipMember).optional(),
  /** Of a `merged` event: the clip that it is part of. */
  mergedInto: z.string().optional(),
  ready: clipReady.optional(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
});
export type ClipRecord = z.infer<typeof clipRecord>;

/** The whole window of a clip, over all events that it is for. */
export function clipWindow({ job, members = [] }: Pick<ClipRecord, 'job' | 'members'>): { startMs: number; endMs: number } {
  return members.reduce(
    (all, { startMs, endMs }) => ({ startMs: Math.min(all.startMs, startMs), endMs: Math.max(all.endMs, endMs) }),
    { startMs: job.startMs, endMs: job.endMs },
  );
}

/** The footage that a record's clip is still to be cut from, `[startMs, endMs)`; the key frame before it is wanted too. */
export function wantedFootage(record: ClipRecord): { cameraId: string; startMs: number; endMs: number } | undefined {
  return record.state === 'claimed' ? { cameraId: record.job.cameraId, ...clipWindow(record) } : undefined;
}
