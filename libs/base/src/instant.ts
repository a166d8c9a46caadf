import { numberFrom } from './number-text';
import { DAY_MS, EARLIEST_INSTANT_MS, LATEST_INSTANT_MS } from './time';

/**
 * Between 2001 and 2100 the size of a number shows whether it is in seconds, milli-, micro- or nanoseconds. The same
 * holds for the numbers of Go's zero time. A number above a limit has that unit, with so many to a ms.
 */
const UNITS: readonly { above: number; perMs: number }[] = [
  { above: 1e17, perMs: 1e6 },
  { above: 1e14, perMs: 1e3 },
  { above: 1e11, perMs: 1 },
];
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** No time is longer: Go's `Time.String()` with a monotonic reading has 60 characters. */
const LONGEST_TEXT = 80;
/**
 * ISO 8601 and what programs make of it. They write a space for the T (Python's str()), no seconds (Java), a comma
 * (ISO's own choice) or no separators (basic form). Zones come as Z, UTC, GMT or an offset. Some write the zone once
 * more behind it (Go: ` UTC m=+0.1`, Java: `[Europe/Paris]`).
 */
const DATE = /^(\d{4})(-?)(\d{2})\2(\d{2})/;
const TIME = /(?:[Tt]|\s+)(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,12}))?)?/;
const ZONE =
  /(?:\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)(?: (?:[A-Z]{3,5}|[+-]\d{2,4}))?(?: m=[+-][\d.]+)?(?:\[[\w/+-]{1,40}\])?)?$/i;
const ISO = new RegExp(DATE.source + TIME.source + ZONE.source, 'i');
const OFFSET = /^([+-])(\d{2}):?(\d{2})?$/;

/** An instant as it was read: whole ms since the epoch, UTC. */
export interface Instant {
  ms: number;
  /** The instant came without a zone, and we read it in the machine's (TZ). */
  assumed: boolean;
  /** The second time of a local time that clocks show twice, because they were set back in between. */
  againMs?: number;
}

/** How many minutes local time lies behind UTC at an instant, as Date#getTimezoneOffset counts: 180 in São Paulo. */
export type OffsetMinutesAt = (ms: number) => number;
const machineOffset: OffsetMinutesAt = (ms) => new Date(ms).getTimezoneOffset();
const utc: OffsetMinutesAt = () => 0;

/**
 * What programs write for "no time": the epoch, -1 s (from C's functions where they fail), Go's zero time, and that
 * one's UnixNano(), which overflows.
 */
const UNSET_MS: readonly number[] = [0, -SECOND_MS, -62_135_596_800_000, -6_795_364_578_871];
/** The zero of Go, .NET and MySQL as a date, in any zone. Programs have nothing else in these two years. */
const UNSET_DATE = /^000[01]-\d{2}-\d{2}(?:[Tt\s].*)?$/;

/** Whether a number, text or date looks like a program's unset time. A date without a zone may be meant in UTC. */
export function isUnsetTime(value: unknown): boolean {
  if (typeof value === 'string' && UNSET_DATE.test(value.trim())) return true;
  return [machineOffset, utc].some((offsetAt) => UNSET_MS.includes(anyInstant(value, offsetAt)?.ms ?? NaN));
}

/** Reads an instant between 2001 and 2100 in any form above, as text or number. Undefined where it is not one. */
export function parseInstant(value: unknown, offsetAt: OffsetMinutesAt = machineOffset): Instant | undefined {
  const instant = anyInstant(value, offsetAt);
  return instant && instant.ms >= EARLIEST_INSTANT_MS && instant.ms < LATEST_INSTANT_MS ? instant : undefined;
}

/** Of two readings of a local time, the one nearer to now, because events are told when they happen. */
export function msOf({ ms, againMs }: Instant, nowMs: number): number {
  return againMs !== undefined && Math.abs(againMs - nowMs) < Math.abs(ms - nowMs) ? againMs : ms;
}

/** Reads an instant of any year. */
function anyInstant(value: unknown, offsetAt: OffsetMinutesAt): Instant | undefined {
  if (typeof value === 'number') return fromNumber(value);
  return typeof value === 'string' ? fromText(value.trim(), offsetAt) : undefined;
}

function fromNumber(value: number): Instant | undefined {
  const unit = UNITS.find(({ above }) => Math.abs(value) > above);
  return Number.isFinite(value)
    ? { ms: Math.round(unit ? value / unit.perMs : value * SECOND_MS), assumed: false }
    : undefined;
}

function fromText(text: string, offsetAt: OffsetMinutesAt): Instant | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const number = numberFrom(text);
  if (number !== undefined) return fromNumber(number);
  const [whole, year, , month, day, hour, minute, second = '0', fraction = '0', zone] = ISO.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const at = [year, month, day, hour, minute, second].map(Number);
  const dayMs = dayOf(at);
  const offsetMinutes = zone === undefined ? undefined : minutesOf(zone);
  if (dayMs === undefined || Number.isNaN(offsetMinutes)) return undefined;
  const [, , , hours = 0, minutes = 0, seconds = 0] = at;
  const wallMs =
    dayMs + ((hours * 60 + minutes) * 60 + seconds) * SECOND_MS + Math.round(Number(`0.${fraction}`) * SECOND_MS);
  return offsetMinutes === undefined
    ? local(wallMs, offsetAt)
    : { ms: wallMs - offsetMinutes * MINUTE_MS, assumed: false };
}

/** The beginning of the day. Undefined where the calendar or the clock has no such time. A leap second counts. */
function dayOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay && hour <= 23 && minute <= 59 && second <= 60 ? ms : undefined;
}

/** `-03:00` is -180. It is NaN where no zone is so far away. */
function minutesOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = OFFSET.exec(zone) ?? [];
  if (sign === undefined) return 0;
  const total = Number(hours) * 60 + Number(minutes);
  return total <= 14 * 60 && Number(minutes) <= 59 ? (sign === '-' ? -total : total) : NaN;
}

/** A wall clock's time in the machine's zone. Where clocks are set forward over it, we count it on from before. */
function local(wallMs: number, offsetAt: OffsetMinutesAt): Instant {
  const [before = 0, after = 0] = [wallMs - DAY_MS, wallMs + DAY_MS].map(offsetAt);
  const found = [...new Set([before, after])]
    .map((offset) => ({ offset, ms: wallMs + offset * MINUTE_MS }))
    .filter(({ offset, ms }) => offsetAt(ms) === offset);
  const [first, second] = found.map(({ ms }) => ms).sort((a, b) => a - b);
  return { ms: first ?? wallMs + before * MINUTE_MS, assumed: true, ...(second !== undefined && { againMs: second }) };
}
