import { z } from 'zod';
import { cameraId } from './camera';
import { outsideCameraId, outsideInstant, outsideInstantIfThere, outsideText, shortText } from './fields';
import { payloadReader } from './payload';

/** `seguranca.record.protect`: a legal hold; retention passes over this range until `expiresMs`, or for ever. */
export interface ProtectRequest {
  cameraId: string;
  startMs: number;
  endMs: number;
  reason: string;
  expiresMs?: number;
  timestampAssumed?: true;
  /** Who asks, as far as the sender says; goes into the audit. */
  by?: string;
}

export const readProtectRequest = payloadReader(
  {
    camera_id: outsideCameraId,
    start: outsideInstant,
    end: outsideInstant,
    reason: outsideText,
    expires: outsideInstantIfThere,
    by: outsideText.optional(),
  },
  (read, message): ProtectRequest => ({
    cameraId: read.camera_id,
    ...message.range(read),
    reason: read.reason,
    expiresMs: message.msIfThere(read.expires),
    timestampAssumed: message.assumed,
    by: read.by,
  }),
);

/** The camera, the start in ms and a mark of range and reason: the same hold asked for twice has the same id, and is one. */
export const protectionId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}-\d{1,15}-[0-9a-f]{12}$/, 'wanted a protection_id as record.protect gave it');

/** `seguranca.record.unprotect`. */
export interface UnprotectRequest {
  protectionId: string;
  by?: string;
  reason?: string;
}

export const readUnprotectRequest = payloadReader(
  { protection_id: shortText.pipe(protectionId), by: outsideText.optional(), reason: outsideText.optional() },
  ({ protection_id, by, reason }): UnprotectRequest => ({ protectionId: protection_id, by, reason }),
);

/** A hold as it is kept beside the footage, shown by the API and given as the reply to `record.protect`. Instants in seconds. */
export const protection = z.object({
  protection_id: protectionId,
  camera_id: cameraId,
  start: z.number(),
  end: z.number(),
  reason: z.string(),
  expires: z.number().optional(),
  created_at: z.number(),
});
export type Protection = z.infer<typeof protection>;
