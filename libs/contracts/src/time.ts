import { z } from 'zod';

/** Before this, a number of seconds is taken for a counter or an unset clock, not for a date. 2001-01-01T00:00:00Z. */
const EARLIEST_MS = Date.UTC(2001, 0, 1);
/** 2100-01-01T00:00:00Z. */
const LATEST_MS = Date.UTC(2100, 0, 1);
/** Above this, a number is milliseconds: 1e11 s is the year 5138, 1e11 ms is 1973. */
const SECONDS_LIMIT = 1e11;
const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * An instant as outsiders send it: seconds since the epoch (fractions allowed), milliseconds (values > 1e11),
 * or ISO 8601 with a zone. Reads to whole milliseconds since the epoch, UTC.
 */
export const timestampMs = z
  .union([z.number(), z.string()], { error: 'wanted seconds since the epoch, milliseconds or ISO 8601 with a zone' })
  .transform((value, ctx): number => {
    const ms =
      typeof value === 'number'
        ? Math.round(value > SECONDS_LIMIT ? value : value * 1000)
        : ISO_WITH_ZONE.test(value)
          ? Date.parse(value)
          : NaN;
    if (Number.isFinite(ms) && ms >= EARLIEST_MS && ms < LATEST_MS) return ms;
    ctx.addIssue({
      code: 'custom',
      message: `wanted an instant between 2001 and 2100 as seconds since the epoch, milliseconds or ISO 8601 with a zone, got ${JSON.stringify(value).slice(0, 60)}`,
    });
    return z.NEVER;
  });

/** Milliseconds as the contract writes instants and lengths: seconds, with fractions. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** `2026-11-23` of an instant, UTC: the folder of a day. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
