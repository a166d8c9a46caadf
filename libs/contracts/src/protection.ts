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
}

export const protectRequest = outsideObject(
  z
    .object({
      camera_id: cameraId,
      start: timestampMs,
      end: timestampMs,
      reason: shortText,
      expires: timestampMs.optional(),
    })
    .refine(({ start, end }) => end > start, { path: ['end'], message: 'wanted an end after the start' }),
  (read): ProtectRequest => ({
    cameraId: read.camera_id,
    startMs: read.start,
    endMs: read.end,
    reason: read.reason,
    expiresMs: read.expires,
  }),
);

/** `seguranca.record.unprotect`. */
export const unprotectRequest = z.object({ protection_id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) });
export type UnprotectRequest = z.infer<typeof unprotectRequest>;
