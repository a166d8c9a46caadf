/** Errors as HTTP answers them (docs/contract.md, "Error codes"). */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors';
import { recordedSeconds } from '../kept-instants';

/** What a code is over HTTP. A picture that must wait (BusyError) is 503, whatever its code says here. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  invalid_payload: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  unknown_camera: 404,
  no_footage: 404,
  footage_expired: 404,
  conflict: 409,
  too_long: 400,
  too_many_requests: 429,
  camera_offline: 503,
  storage_unavailable: 503,
  internal: 500,
};

/** A span of footage, or of anything else. */
export const span = z.object({ start: recordedSeconds, end: recordedSeconds }).meta({ id: 'Span' });
export type Span = z.infer<typeof span>;

export const errorAnswer = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string().meta({ description: 'For a person: what was wanted, what came, what to do.' }),
      field: z.string().optional().meta({ description: 'The first field at fault.' }),
      retry_after_seconds: z.int().positive().optional(),
      nearest: z.array(span).optional().meta({ description: 'Of `no_footage`: the spans before and after.' }),
    }),
  })
  .meta({ id: 'Error' });
