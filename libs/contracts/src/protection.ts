import { z } from 'zod';
import { cameraId } from './camera';
import { outsideObject, shortText } from './payload';
import { timestampMs } from './time';

/** `seguranca.record.protect`: a legal hold; retention passes over this range until `expiresMs`, or for ever. */
export interface ProtectRequest {
  cameraId: string;
  startMs: number;
  endMs: number;
  reason: string;
  expiresMs?: number;
  /** Who asks, as far as the sender says; goes into the audit. */
  by?: string;
}

export const protectRequest = outsideObject(
  z
    .object({
      camera_id: cameraId,
      start: timestampMs,
      end: timestampMs,
      reason: shortText,
      expires: timestampMs.optional(),
      by: shortText.optional(),
    })
    .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' }),
  (read): ProtectRequest => ({
    cameraId: read.camera_id,
    startMs: read.start,
    endMs: read.end,
    reason: read.reason,
    expiresMs: read.expires,
    by: read.by,
  }),
);

/** The camera, the start in ms and a mark of range and reason: the same hold asked for twice has the same id, and is one. */
export const protectionId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}-\d{1,15}-[0-9a-f]{12}$/, 'wanted a protection_id as record.protect gave it');

/** `seguranca.record.unprotect`. */
export const unprotectRequest = z.object({ protection_id: protectionId, by: shortText.optional(), reason: shortText.optional() });
export type UnprotectRequest = z.infer<typeof unprotectRequest>;

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
