/**
 * The lines of the timeline's ruler, at whole hours, minutes and days of the zone that is shown. A day has 23 or 25
 * hours where the clock changes: lines stand where a clock on the wall shows a whole step, and each is one instant.
 */
import type { TimeScale } from './time-scale';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
];

export interface Tick {
  atMs: number;
  /** A day begins here. */
  isDay: boolean;
}

/** How far a zone's clock is ahead of UTC; asks the browser's own zone tables. */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;

  constructor(readonly zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What the wall's clock shows, as if it were UTC. */
  wallMs(atMs: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(atMs)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % SECOND_MS) + SECOND_MS) % SECOND_MS);
  }

  offsetMs(atMs: number): number {
    return this.wallMs(atMs) - atMs;
  }
}

/** @param leastPixels how far apart lines have to stand, so that their words fit */
export function ticksOf(scale: TimeScale, clock: ZoneClock, leastPixels: number): Tick[] {
  const leastMs = ((scale.endMs - scale.startMs) / scale.widthPixels) * leastPixels;
  const stepMs = STEPS_MS.find((step) => step >= leastMs) ?? DAY_MS;
  const ticks: Tick[] = [];
  let atMs = firstLine(scale.startMs - 1, stepMs, clock);
  for (; atMs < scale.endMs; atMs = firstLine(atMs, stepMs, clock))
    ticks.push({ atMs, isDay: isDayStart(atMs, clock) });
  return ticks;
}

/** The first instant after this one at which the wall's clock shows a whole step, or has leapt over one. */
function firstLine(afterMs: number, stepMs: number, clock: ZoneClock): number {
  const offsetMs = clock.offsetMs(afterMs);
  const lineMs = (Math.floor((afterMs + offsetMs) / stepMs) + 1) * stepMs - offsetMs;
  if (clock.offsetMs(lineMs) === offsetMs) return lineMs;
  const changeMs = offsetChange(afterMs, lineMs, clock);
  if (changeMs === lineMs && isWhole(lineMs, stepMs, clock)) return lineMs;
  // From the change on, the other offset counts. A step may stand at the change itself, or have been leapt over by it.
  const before = Math.floor((changeMs - 1 + offsetMs) / stepMs);
  const after = Math.floor(clock.wallMs(changeMs) / stepMs);
  if (after > before) return changeMs;
  return firstLine(changeMs, stepMs, clock);
}

/** The first whole second in between at which the zone's clock has been changed. */
function offsetChange(fromMs: number, toMs: number, clock: ZoneClock): number {
  const oldMs = clock.offsetMs(fromMs);
  let low = Math.floor(fromMs / SECOND_MS);
  let high = Math.ceil(toMs / SECOND_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (clock.offsetMs(middle * SECOND_MS) === oldMs) low = middle;
    else high = middle;
  }
  return high * SECOND_MS;
}

function isWhole(atMs: number, stepMs: number, clock: ZoneClock): boolean {
  return clock.wallMs(atMs) % stepMs === 0;
}

/** Some zones change their clock at midnight: there the day begins at one o'clock. */
function isDayStart(atMs: number, clock: ZoneClock): boolean {
  return Math.floor(clock.wallMs(atMs) / DAY_MS) > Math.floor(clock.wallMs(atMs - 1) / DAY_MS);
}
