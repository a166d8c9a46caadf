import { z } from 'zod';
import { agreement, type Fault } from './agreement';
import { cameraId } from './camera';
import { clipId, clipIdParts, clipKey } from './clip-id';
import { clipReady } from './clips';
import { ERROR_CODES } from './errors';
import { instantMs } from './kept-instants';
import { sourceFields } from './payload';

/**
 * No clip may be this long (CLIP_MAX_SECONDS). A longer window belongs to no clip, and would hold footage that nobody
 * waits for.
 */
export const LONGEST_CLIP_MS = 86_400_000;
/**
 * An event may lie this far ahead of this machine's clock. We then take it for an event of now. Its name keeps the
 * instant that was sent.
 */
export const EVENT_AHEAD_LIMIT_MS = 3_600_000;
/** One clip is made for fewer events than this. */
const MEMBERS_LIMIT = 1000;
/** A subject of NATS has at most this length, and may be part of an identity. */
const longText = z.string().max(5000);

/** Where a clip lies, and which footage it wants. Times in ms since the epoch, UTC. */
const windowFields = {
  clipId,
  /** One event always has the same value, however often it is sent: `event_id`, or subject, camera and timestamp. */
  identity: longText.min(1),
  startMs: instantMs,
  endMs: instantMs,
};
const jobFields = z.object({
  ...windowFields,
  eventId: longText,
  eventType: longText,
  cameraId,
  timestampMs: instantMs,
  /** How far the event lay ahead of our clock. We took it for an event of the moment at which it came. */
  clampedByMs: z.number().int().positive().max(EVENT_AHEAD_LIMIT_MS).optional(),
  /** An instant came without a zone. We read it in TZ. */
  timestampAssumed: z.literal(true).optional(),
});

/**
 * What a clip job carries through Redis: the event and the footage that it wants, a few hundred bytes. The clip's
 * record keeps what was sent with the event. Only jobs of older versions have `source`.
 */
export const queuedClip = jobFields
  .extend({ source: sourceFields.optional(), sourceTruncated: z.literal(true).optional() })
  .superRefine(agreement(checkAgreement));
export type QueuedClip = z.output<typeof queuedClip>;

/** The same with what was sent, as the clip's record keeps it. */
export const clipJob = jobFields
  .extend({ source: sourceFields, sourceTruncated: z.literal(true).optional() })
  .superRefine(agreement(checkAgreement));
export type ClipJob = z.output<typeof clipJob>;

/** Another event that is part of a clip. The event's own record has all of it. */
const clipMember = z.object(windowFields).superRefine(agreement(checkWindow));
export type ClipMember = z.output<typeof clipMember>;

const recordFields = z.object({
  state: z.enum(['claimed', 'cut', 'uploaded', 'announced', 'failed', 'merged']),
  job: clipJob,
  /** The other events that this clip is for. */
  members: z.array(clipMember).max(MEMBERS_LIMIT).optional(),
  /** Only a `merged` event has it: the clip that the event is part of. */
  mergedInto: clipId.optional(),
  ready: clipReady.optional(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).optional(),
});

/**
 * The `.json` beside a clip on disk: what the clip is and how far it got. The disk is the outbox: a record that is not
 * `announced`, `failed` or `merged` goes back into the queue. So a lost Redis loses no clip (docs/workers/clipper.md).
 * - claimed -> cut (file and thumbnail whole) -> uploaded (both verified in the store) -> announced (messages flushed)
 */
export const clipRecord = recordFields.superRefine(agreement(checkRecord));
export type ClipRecord = z.output<typeof clipRecord>;

/** The whole window of a clip, over all its events. */
export function clipWindow({
  job,
  members = [],
}: {
  job: ClipSpan;
  members?: readonly ClipSpan[] | undefined;
}): ClipSpan {
  return members.reduce<ClipSpan>(
    (all, { startMs, endMs }) => ({ startMs: Math.min(all.startMs, startMs), endMs: Math.max(all.endMs, endMs) }),
    { startMs: job.startMs, endMs: job.endMs },
  );
}
export interface ClipSpan {
  startMs: number;
  endMs: number;
}

function checkWindow({ startMs, endMs }: ClipSpan, fault: Fault): void {
  if (endMs <= startMs) fault('endMs', `wanted an end after the start (${startMs}), got ${endMs}`);
  if (endMs - startMs > LONGEST_CLIP_MS)
    fault('endMs', `wanted at most ${LONGEST_CLIP_MS} ms of footage, got ${endMs - startMs}`);
}

/** The name says the camera and the instants. Other fields repeat them and must agree. */
function checkAgreement(job: z.output<typeof jobFields>, fault: Fault): void {
  checkWindow(job, fault);
  const named = clipIdParts(job.clipId);
  if (named.cameraId !== job.cameraId)
    fault('cameraId', `wanted ${named.cameraId}, as clipId says, got ${job.cameraId}`);
  const aheadMs = named.startMs - job.timestampMs;
  if (named.isEvent) {
    const isClamped = aheadMs === (job.clampedByMs ?? aheadMs) && aheadMs >= 0 && aheadMs <= EVENT_AHEAD_LIMIT_MS;
    if (!isClamped)
      fault(
        'timestampMs',
        `wanted ${named.startMs - (job.clampedByMs ?? 0)}, as clipId and clampedByMs say, got ${job.timestampMs}`,
      );
  } else if (named.startMs !== job.startMs || named.endMs !== job.endMs) {
    fault(
      'startMs',
      `wanted ${named.startMs} to ${named.endMs ?? ''}, as clipId says, got ${job.startMs} to ${job.endMs}`,
    );
  }
}

function checkRecord(record: z.output<typeof recordFields>, fault: Fault): void {
  const { state, job, members = [], mergedInto, ready } = record;
  checkWindow(clipWindow(record), fault);
  const others = [...members.map((member) => member.clipId), ...(mergedInto === undefined ? [] : [mergedInto])];
  const stranger = others.find((id) => clipIdParts(id).cameraId !== job.cameraId);
  if (stranger !== undefined) fault('members', `wanted clips of camera ${job.cameraId} only, got ${stranger}`);
  if ((state === 'merged') !== (mergedInto !== undefined))
    fault('mergedInto', 'wanted the clip that the event is part of where its state is merged, and only there');
  if (!ready) return;
  const key = clipKey(job, 'mp4');
  if (ready.clip_id !== job.clipId) fault('ready.clip_id', `wanted ${job.clipId}, got ${ready.clip_id}`);
  if (ready.camera_id !== job.cameraId) fault('ready.camera_id', `wanted ${job.cameraId}, got ${ready.camera_id}`);
  if (ready.key !== key) fault('ready.key', `wanted ${key}, got ${ready.key}`);
}
