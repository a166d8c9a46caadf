import { z } from 'zod';
import { cameraId } from './camera';
import { ERROR_CODES } from './errors';
import { outsideObject, shortText, type SourceFields } from './payload';
import { timestampMs } from './time';

/** `seguranca.camera.frame`: news of a camera's newest picture, by URL or as base64 JPEG. */
export interface CameraFrame {
  cameraId: string;
  timestampMs: number;
  url?: string;
  /** Base64 JPEG, not yet decoded: only the newest frame is ever decoded, and only when asked for. */
  data?: string;
}

export const cameraFrame = outsideObject(
  z
    .object({
      camera_id: cameraId,
      timestamp: timestampMs,
      url: z.url({ protocol: /^https?$/ }).optional(),
      data: z.string().min(1).optional(),
    })
    .refine(({ url, data }) => url !== undefined || data !== undefined, { path: ['url'], message: 'wanted url or data' }),
  (read): CameraFrame => ({ cameraId: read.camera_id, timestampMs: read.timestamp, url: read.url, data: read.data }),
);

/** `seguranca.record.snapshot`. */
export interface SnapshotRequest {
  cameraId: string;
  reason: string;
  /** Without it: now. */
  timestampMs?: number;
  requestId?: string;
  eventId?: string;
  source: SourceFields;
}

export const snapshotRequest = outsideObject(
  z.object({
    camera_id: cameraId,
    reason: shortText.default('request'),
    timestamp: timestampMs.optional(),
    request_id: shortText.optional(),
    event_id: shortText.optional(),
  }),
  (read, source): SnapshotRequest => ({
    cameraId: read.camera_id,
    reason: read.reason,
    timestampMs: read.timestamp,
    requestId: read.request_id,
    eventId: read.event_id,
    source,
  }),
);

/** `seguranca.record.snapshot.ready`. `timestamp` is the instant asked for, `captured_at` that of the picture; seconds. */
export const snapshotReady = z.object({
  camera_id: cameraId,
  url: z.string(),
  timestamp: z.number(),
  reason: z.string(),
  snapshot_id: z.string(),
  request_id: z.string().optional(),
  event_id: z.string().optional(),
  source_of_image: z.enum(['frame', 'footage']),
  captured_at: z.number(),
  bucket: z.string(),
  key: z.string(),
  width: z.number(),
  height: z.number(),
  size_bytes: z.number(),
  sha256: z.string(),
});
export type SnapshotReady = z.infer<typeof snapshotReady>;

/** `seguranca.record.snapshot.failed`. */
export const snapshotFailed = z.object({
  camera_id: z.string(),
  request_id: z.string().optional(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  timestamp: z.number(),
});
export type SnapshotFailed = z.infer<typeof snapshotFailed>;
