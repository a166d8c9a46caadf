/** Reads queries by schema. Their values are text, and are read like the same fields of messages. */
import {
  ContractError,
  outsideCameraId,
  outsideInstant,
  outsideInstantIfThere,
  payloadReader,
  type PayloadReader,
} from '@vr/contracts';
import { z } from 'zod';

const LONGEST_RANGE_MS = 31 * 86_400_000;
const MOST_ENTRIES = 200;
/** A `+` in a query is a blank. This was `12:00:00+02:00`, and was not escaped. */
const LOST_PLUS = /^(.*T.*\d) (\d{2}:?\d{2})$/;

const queryInstant = z.preprocess(
  (value) => (typeof value === 'string' ? value.replace(LOST_PLUS, '$1+$2') : value),
  outsideInstant,
);
const queryInstantIfThere = z
  .preprocess((value) => (typeof value === 'string' ? value.replace(LOST_PLUS, '$1+$2') : value), outsideInstantIfThere)
  .optional();

export const readRangeQuery = payloadReader({ start: queryInstant, end: queryInstant }, (read, message) =>
  message.range(read),
);

export const readStillQuery = payloadReader(
  { at: queryInstantIfThere, size: z.enum(['small', 'full'], { error: 'wanted small or full' }).default('small') },
  ({ at, size }, message) => ({ atMs: message.msIfThere(at), size }),
);

/** The zero of media time, epoch ms. */
export const readTimeLineQuery = payloadReader(
  {
    zero: z.coerce
      .number({ error: 'wanted whole ms since the epoch' })
      .int('wanted whole ms since the epoch')
      .optional(),
  },
  ({ zero }) => ({ zeroMs: zero }),
);

export interface ListQuery {
  limit: number;
  cameraId?: string;
  beforeMs?: number;
}

export const readListQuery: PayloadReader<ListQuery> = payloadReader(
  {
    limit: z.coerce
      .number({ error: 'wanted a number' })
      .int('wanted a whole number')
      .min(1, 'wanted 1 to 200')
      .max(MOST_ENTRIES, 'wanted 1 to 200')
      .default(20),
    camera: outsideCameraId.optional(),
    before: queryInstantIfThere,
  },
  ({ limit, camera, before }, message) => ({ limit, cameraId: camera, beforeMs: message.msIfThere(before) }),
);

export function checkLength(
  { startMs, endMs }: { startMs: number; endMs: number },
  longestMs = LONGEST_RANGE_MS,
): void {
  if (endMs - startMs <= longestMs) return;
  const hours = longestMs === 3_600_000 ? '1 hour' : `${longestMs / 3_600_000} hours`;
  throw new ContractError(
    'too_long',
    `wanted a range of at most ${hours} (${longestMs / 1000} s), got ${(endMs - startMs) / 1000} s`,
  );
}
