/**
 * Instants as we keep them ourselves, in jobs and in files. The same program reads them again, and still does not trust
 * them.
 */
import { EARLIEST_INSTANT_MS, LATEST_INSTANT_MS } from '@vr/base';
import { z } from 'zod';
import { shownValue } from './payload';

/** 10000-01-01: from here on, a year no longer fits into four digits. */
const LAST_WRITABLE_SECONDS = Date.UTC(10_000, 0, 1) / 1000;

/** Whole ms since the epoch, of this century. */
export const instantMs = z
  .number({ error: ({ input }) => `wanted whole ms since the epoch, got ${shownValue(input)}` })
  .refine((value) => Number.isInteger(value) && value >= EARLIEST_INSTANT_MS && value < LATEST_INSTANT_MS, {
    error: ({ input }) => `wanted whole ms since the epoch between 2001 and 2100, got ${shownValue(input)}`,
  });

/**
 * Seconds since the epoch, with fractions. A machine may have written them whose clock was never set (1970) or was set
 * wrongly.
 */
export const recordedSeconds = z
  .number({ error: ({ input }) => `wanted seconds since the epoch, got ${shownValue(input)}` })
  .refine((value) => value >= 0 && value < LAST_WRITABLE_SECONDS, {
    error: ({ input }) => `wanted seconds since the epoch, got ${shownValue(input)}`,
  });

/** For a size, a length or a count. */
export const notNegative = z.number().nonnegative();

/** Hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'wanted a sha256 of 64 hexadecimal digits');

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A UTC day, written as its folder is named: `2026-11-23`. */
export type Day = string & z.$brand<'Day'>;

/** Decides what is a day. February 30 is not one. */
export function isDay(name: string): name is Day {
  return DAY.test(name) && Number.isFinite(Date.parse(name)) && new Date(name).toISOString().startsWith(name);
}
