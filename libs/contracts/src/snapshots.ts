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

/** The durable consumer of one node on the event stream: every event gets its snapshot where its camera is. */
export function snapshotConsumerName(nodeId: string): string {
  return `snapshotter-${nodeId}`;
}

/** `seguranca.camera.frame`: news of a camera's newest picture, by URL or as base64 JPEG. */
export interface CameraFrame {
  cameraId: CameraId;
  /** Absent: the frame is of when it came. */
  timestampMs?: number;
  url?: string;
  /** Base64 JPEG, not yet decoded. */
  data?: string;
}

export const readCameraFrame = payloadReader(
  {
    camera_id: outsideCameraId,
    timestamp: outsideInstantIfThere,
    // Frames are kept for a while, 30 a second: nobody outside chooses how much memory their addresses take.
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

/** What says whose a bare JPEG is: headers, by name. */
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
  /** Without it: now. */
  timestampMs?: number;
  timestampAssumed?: true;
  requestId?: string;
  eventId?: string;
  source: SourceFields;
}

export const readSnapshotRequest = payloadReader(
  {
    camera_id: outsideCameraId,
    reason: outsideText.default('request'),
    timestamp: outsideInstantIfThere,
    request_id: outsideText.optional(),
    event_id: outsideText.optional(),
  },
  (read, message): SnapshotRequest => ({
    cameraId: read.camera_id,
    reason: read.reason,
    timestampMs: message.msIfThere(read.timestamp),
    timestampAssumed: message.assumed,
    requestId: read.request_id,
    eventId: read.event_id,
    source: message.source,
  }),
);

/**
 * What somebody wanted a snapshot for; the same in all that is said and kept of it. `timestamp`: the instant asked for,
 * seconds.
 */
const wanted = {
  camera_id: cameraId,
  timestamp: recordedSeconds,
  /** The instant came without a zone and was taken in TZ. */
  timestamp_assumed: z.literal(true).optional(),
  reason: z.string(),
  snapshot_id: snapshotId,
  request_id: z.string().optional(),
  event_id: z.string().optional(),
  bucket: bucketName,
  key: objectKey,
  /** The request or event as it was sent. */
  source: sourceFields.optional(),
  /** Where it was larger than what is kept of it (64 KB): some of its fields are missing in `source`. */
  source_truncated: z.literal(true).optional(),
};

/** The picture that was taken. `captured_at`: its own instant, seconds. */
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

/** `seguranca.record.snapshot.failed`: final, nothing more comes. */
export const snapshotFailed = z.object({
  camera_id: z.string(),
  request_id: z.string().optional(),
  event_id: z.string().optional(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  /** The field at fault, of a request that cannot be read. */
  field: z.string().optional(),
  /** How many more of the camera were refused of late, where not each is told. */
  left_out: z.number().optional(),
  /** Where the same request may succeed later. */
  retry_after_seconds: z.number().optional(),
  timestamp: z.number(),
});
export type SnapshotFailed = z.infer<typeof snapshotFailed>;

const own = {
  ...wanted,
  /** One value per event however often it is sent; one of its own for every request. */
  identity: z.string().min(1).max(5000),
  /**
   * Of an event: a frame message of about its instant will do. A request's moment comes from the footage; absent: now.
   */
  moment: z.enum(['event', 'past', 'now']),
  /** Seconds. */
  claimed_at: recordedSeconds,
};

/**
 * The `.json` of a snapshot: what it is and how far it got. Flat, so that it reads like `snapshot.ready`.
 * claimed -> taken (picture whole on disk) -> announced (object verified, message flushed); failed where there can be
 * no picture.
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
      // The name says the camera and the instant; the other fields say them again.
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

/** Of a record, who wanted the snapshot; for whoever looks at very many of them. */
export const snapshotOrigin = z.object({ snapshot_id: z.string(), moment: own.moment });
export type ClaimedSnapshot = Extract<SnapshotRecord, { state: 'claimed' }>;
export type TakenSnapshot = Extract<SnapshotRecord, { state: 'taken' }>;

/** The message that a taken snapshot is announced with. */
export function readyOf(record: TakenSnapshot, url: string): SnapshotReady {
  return snapshotReady.parse({ ...record, url }); // which takes its own fields of the record and leaves the others
}
