import { z } from 'zod';
import { agreement } from './agreement';
import { cameraId, type CameraId } from './camera';
import { EVENT_AHEAD_LIMIT_MS } from './clip-job';
import { ERROR_CODES } from './errors';
import { outsideCameraId, outsideInstantIfThere, outsideText } from './fields';
import { notNegative, recordedSeconds, sha256 } from './kept-instants';
import { bucketName, objectKey } from './object-name';
import { invalidField, payloadReader, sourceFields, type SourceFields } from './payload';
import { snapshotId, snapshotIdParts, snapshotKey } from './snapshot-id';

/** The durable consumer of one node on the event stream. The node of the camera makes an event's snapshot. */
export function snapshotConsumerName(nodeId: string): string {
  return `snapshotter-${nodeId}`;
}

/** `seguranca.camera.frame` brings a camera's newest picture, by URL or as base64 JPEG. */
export interface CameraFrame {
  cameraId: CameraId;
  /** Where it is absent, the frame was taken when it came. */
  timestampMs?: number;
  url?: string;
  /** Base64 JPEG; nobody has decoded it yet. */
  data?: string;
}

export const readCameraFrame = payloadReader(
  {
    camera_id: outsideCameraId,
    timestamp: outsideInstantIfThere,
    // We keep frames for a while, 30 a second. The bound keeps senders from choosing how much memory their addresses
    // take.
    url: z
      .url({ protocol: /^https?$/, error: 'wanted http:// or https://' })
      .max(2048, 'wanted at most 2048 characters')
      .optional(),
    data: z.string('wanted a base64 JPEG as text').optional(),
  },
  (read, message): CameraFrame => {
    const { url, data } = read;
    if (url === undefined && data === undefined) throw invalidField('url', 'wanted url or data');
    return { cameraId: read.camera_id, timestampMs: message.msIfThere(read.timestamp), url, data };
  },
);

/** Reads the headers that say which camera a bare JPEG belongs to. */
export const readFrameHeaders = payloadReader(
  { camera_id: outsideCameraId, timestamp: outsideInstantIfThere },
  (read, message) => ({
    cameraId: read.camera_id,
    timestampMs: message.msIfThere(read.timestamp),
  }),
);

/** `seguranca.record.snapshot`. */
export interface SnapshotRequest {
  cameraId: CameraId;
  reason: string;
  /** Where it is absent: now. */
  timestampMs?: number;
  timestampAssumed?: true;
  requestId?: string;
  eventId?: string;
  source: SourceFields;
}

export const snapshotRequestFields = {
  camera_id: outsideCameraId,
  reason: outsideText.default('request'),
  timestamp: outsideInstantIfThere,
  request_id: outsideText.optional(),
  event_id: outsideText.optional(),
};

export const readSnapshotRequest = payloadReader(snapshotRequestFields, (read, message): SnapshotRequest => ({
  cameraId: read.camera_id,
  reason: read.reason,
  timestampMs: message.msIfThere(read.timestamp),
  timestampAssumed: message.assumed,
  requestId: read.request_id,
  eventId: read.event_id,
  source: message.source,
}));

/**
 * What somebody wanted a snapshot for. All that is said and kept of it has the same fields. `timestamp` is the instant
 * asked for, in seconds.
 */
const wanted = {
  camera_id: cameraId,
  timestamp: recordedSeconds,
  /** The instant came without a zone. We read it in TZ. */
  timestamp_assumed: z.literal(true).optional(),
  reason: z.string(),
  snapshot_id: snapshotId,
  request_id: z.string().optional(),
  event_id: z.string().optional(),
  bucket: bucketName,
  key: objectKey,
  /** The request or event as it was sent. */
  source: sourceFields.optional(),
  /** Present where the event was larger than the 64 KB that we keep: `source` then lacks some of its fields. */
  source_truncated: z.literal(true).optional(),
};

/** The picture that was taken. `captured_at` is the picture's own instant, in seconds. */
const taken = {
  source_of_image: z.enum(['frame', 'footage']),
  captured_at: recordedSeconds,
  width: notNegative,
  height: notNegative,
  size_bytes: notNegative,
  sha256,
};

/** `seguranca.record.snapshot.ready`. */
export const snapshotReady = z.object({ ...wanted, ...taken, url: z.string() });
export type SnapshotReady = z.infer<typeof snapshotReady>;

/** `seguranca.record.snapshot.failed`: nothing more follows. */
export type SnapshotFailed = {
  camera_id: string;
  request_id?: string | undefined;
  event_id?: string | undefined;
  code: (typeof ERROR_CODES)[number];
  message: string;
  /** The field at fault. Only a request that cannot be read has one. */
  field?: string | undefined;
  /** How many more messages of the camera were lately refused without a message of their own. */
  left_out?: number | undefined;
  /** Present where the same request may succeed later. */
  retry_after_seconds?: number | undefined;
  timestamp: number;
};

const own = {
  ...wanted,
  /** One event always has the same value, however often it is sent. Every request has a value of its own. */
  identity: z.string().min(1).max(5000),
  /**
   * `event`: a frame message of about its instant will do. `past`: the footage has the moment that a request named.
   * `now`: the request named none.
   */
  moment: z.enum(['event', 'past', 'now']),
  /** In seconds. */
  claimed_at: recordedSeconds,
};

/**
 * The `.json` of a snapshot: what it is and how far it got. It is flat, so that it reads like `snapshot.ready`.
 * - claimed -> taken (picture whole on disk) -> announced (object verified, message flushed). It is failed where there
 * can be no picture.
 */
export const snapshotRecord = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('claimed'), ...own }),
    z.object({ state: z.literal('taken'), ...own, ...taken }),
    z.object({ state: z.literal('announced'), ...own, ...taken }),
    z.object({
      state: z.literal('failed'),
      ...own,
      error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }),
    }),
  ])
  .superRefine(
    agreement((record, fault) => {
      // The name says the camera and the instant. Other fields repeat them and must agree.
      const named = snapshotIdParts(record.snapshot_id);
      const wantedKey = snapshotKey(record.snapshot_id);
      const aheadMs = named.timestampMs - Math.round(record.timestamp * 1000);
      if (named.cameraId !== record.camera_id)
        fault('camera_id', `wanted ${named.cameraId}, as snapshot_id says, got ${record.camera_id}`);
      if (record.key !== wantedKey) fault('key', `wanted ${wantedKey}, as snapshot_id says, got ${record.key}`);
      if (aheadMs < 0 || aheadMs > EVENT_AHEAD_LIMIT_MS)
        fault('timestamp', `wanted the instant of snapshot_id, or up to an hour before it, got ${record.timestamp}`);
    }),
  );
export type SnapshotRecord = z.infer<typeof snapshotRecord>;

/** The part of a record that says who wanted the snapshot, for code that looks at very many records. */
export const snapshotOrigin = z.object({ snapshot_id: z.string(), moment: own.moment });
export type ClaimedSnapshot = Extract<SnapshotRecord, { state: 'claimed' }>;
export type TakenSnapshot = Extract<SnapshotRecord, { state: 'taken' }>;

/** The message that a taken snapshot is announced with. */
export function readyOf(record: TakenSnapshot, url: string): SnapshotReady {
  return snapshotReady.parse({ ...record, url }); // which takes its own fields of the record and leaves the others
}
