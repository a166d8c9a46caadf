/**
 * How we read the fields of messages from outside. Text may come as a number, and a number as text. Absent values never
 * get here.
 */
import { isUnsetTime, parseInstant, type Instant, numberFrom } from '@vr/base';
import { z } from 'zod';
import { cameraId } from './camera';
import { shownValue } from './payload';

/** A short text from outside (a reason, a type, an id): trimmed, no control characters, at most 200 characters. */
export const shortText = z
  .string({ error: ({ input }) => `wanted text, got ${shownValue(input)}` })
  .trim()
  .min(1, 'wanted text, got none')
  .max(200, 'wanted at most 200 characters')
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'wanted text without control characters');

const textOrNumber = z
  .union([z.string(), z.number()], { error: ({ input }) => `wanted text, got ${shownValue(input)}` })
  .transform(String);

export const outsideText = textOrNumber.pipe(shortText);
export const outsideCameraId = textOrNumber.transform((text) => text.trim()).pipe(cameraId);

const LONGEST_SECONDS = 86_400;

/** A length of time, 0 to 86400 seconds. */
export const outsideSeconds = z.unknown().transform((value, context): number => {
  const seconds = typeof value === 'number' ? value : typeof value === 'string' ? (numberFrom(value) ?? NaN) : NaN;
  if (seconds >= 0 && seconds <= LONGEST_SECONDS) return seconds;
  context.addIssue({ code: 'custom', message: `wanted 0 to ${LONGEST_SECONDS} seconds, got ${shownValue(value)}` });
  return z.NEVER;
});

/** How OpenAPI shows an instant that is asked for. The reader takes more forms than a JSON schema can say. */
export const ASKED_INSTANT = {
  anyOf: [{ type: 'number' as const }, { type: 'string' as const }],
  description:
    'RFC 3339 (`2026-11-27T02:15:00-03:00`), or seconds since the epoch with fractions. Milli-, micro- and ' +
    'nanoseconds are told by their size. Without a zone it is read in TZ.',
};

export const outsideInstant = z
  .unknown()
  .transform((value, context): Instant => {
    const instant = parseInstant(value);
    if (instant) return instant;
    context.addIssue({
      code: 'custom',
      message:
        `wanted an instant between 2001 and 2100 as seconds since the epoch (or milli-, micro- or ` +
        `nanoseconds) or ISO 8601, got ${shownValue(value)}`,
    });
    return z.NEVER;
  })
  .meta(ASKED_INSTANT);

/** The same for an instant that may be absent. A program's unset time counts as absent. */
export const outsideInstantIfThere = z
  .unknown()
  .transform((value) => (isUnsetTime(value) ? undefined : value))
  .pipe(outsideInstant.optional())
  .optional()
  .meta(ASKED_INSTANT);
