import { z } from 'zod';
import { agreement } from './agreement';
import { cameraId, type CameraId } from './camera';
import { outsideCameraId, outsideInstant, outsideInstantIfThere, outsideText, shortText } from './fields';
import { recordedSeconds } from './kept-instants';
import { payloadReader } from './payload';

/** `seguranca.record.protect`: a legal hold. Retention passes over this range until `expiresMs`, or for ever. */
export interface ProtectRequest {
  cameraId: CameraId;
  startMs: number;
  endMs: number;
  reason: string;
  expiresMs?: number;
  timestampAssumed?: true;
  /** Who asks, as far as the sender says. The audit keeps it. */
  by?: string;
}

export const protectRequestFields = {
  camera_id: outsideCameraId,
  start: outsideInstant,
  end: outsideInstant,
  reason: outsideText,
  expires: outsideInstantIfThere,
  by: outsideText.optional(),
};

export const readProtectRequest = payloadReader(protectRequestFields, (read, message): ProtectRequest => ({
  cameraId: read.camera_id,
  ...message.range(read),
  reason: read.reason,
  expiresMs: message.msIfThere(read.expires),
  timestampAssumed: message.assumed,
  by: read.by,
}));

const PROTECTION_ID = /^([A-Za-z0-9][A-Za-z0-9_-]{0,63})-(\d{1,15})-[0-9a-f]{12}$/;

/**
 * It holds the camera, the start in ms and a mark made of range and reason. So the same hold asked for twice has one
 * id, and is one hold.
 */
export const protectionId = z
  .string()
  .regex(PROTECTION_ID, 'wanted a protection_id as record.protect gave it')
  .brand<'ProtectionId'>();
export type ProtectionId = z.output<typeof protectionId>;

/** The camera of a protection, where the id is a protection's. */
export function protectedCamera(id: unknown): string | undefined {
  return typeof id === 'string' && protectionId.safeParse(id.trim()).success
    ? id.trim().split('-').slice(0, -2).join('-')
    : undefined;
}

/** `seguranca.record.unprotect`. */
export interface UnprotectRequest {
  protectionId: ProtectionId;
  by?: string;
  reason?: string;
}

export const unprotectRequestFields = {
  protection_id: shortText.pipe(protectionId),
  by: outsideText.optional(),
  reason: outsideText.optional(),
};

export const readUnprotectRequest = payloadReader(
  unprotectRequestFields,
  ({ protection_id, by, reason }): UnprotectRequest => ({ protectionId: protection_id, by, reason }),
);

/**
 * A hold as the file beside the footage keeps it, the API shows it and `record.protect` replies. Instants are in
 * seconds.
 */
export const protection = z
  .object({
    protection_id: protectionId,
    camera_id: cameraId,
    start: recordedSeconds,
    end: recordedSeconds,
    reason: z.string(),
    expires: recordedSeconds.optional(),
    created_at: recordedSeconds,
  })
  .superRefine(
    agreement(({ protection_id: id, camera_id: camera, start, end }, fault) => {
      // The name says the camera and the start. Other fields repeat them and must agree.
      const [, namedCamera, namedStart] = PROTECTION_ID.exec(id) ?? [];
      if (namedCamera !== camera)
        fault('camera_id', `wanted ${namedCamera ?? 'that'}, as protection_id says, got ${camera}`);
      if (Number(namedStart) !== Math.round(start * 1000))
        fault('start', `wanted ${namedStart ?? 'that'} ms, as protection_id says, got ${start} s`);
      if (end <= start) fault('end', `wanted an end after the start (${start}), got ${end}`);
    }),
  );
export type Protection = z.infer<typeof protection>;
