/** Times as people say them ("last night"), in the zone that is shown. */
import type { Span } from '../player/recorded-runs';
import type { ZoneClock } from './ticks';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NIGHT_FROM_HOUR = 20;
const NIGHT_HOURS = 12;

/** The instant at which the wall's clock shows this. An hour that is leapt over counts from the clock's change on. */
function instantOfWall(wallMs: number, clock: ZoneClock): number {
  const guess = wallMs - clock.offsetMs(wallMs);
  return wallMs - clock.offsetMs(guess);
}

/** From eight in the evening to eight in the morning: the night that is over, or the one that is. */
export function lastNight(nowMs: number, clock: ZoneClock): Span {
  const wallMs = clock.wallMs(nowMs);
  const midnightMs = Math.floor(wallMs / DAY_MS) * DAY_MS;
  const eveningMs = midnightMs + NIGHT_FROM_HOUR * HOUR_MS;
  const fromMs = wallMs >= eveningMs ? eveningMs : eveningMs - DAY_MS;
  return {
    startMs: instantOfWall(fromMs, clock),
    endMs: Math.min(nowMs, instantOfWall(fromMs + NIGHT_HOURS * HOUR_MS, clock)),
  };
}

/** What an input of type datetime-local holds. */
export function localText(atMs: number, clock: ZoneClock): string {
  return new Date(clock.wallMs(atMs)).toISOString().slice(0, 19);
}

export function instantOfText(text: string, clock: ZoneClock): number | undefined {
  const wallMs = Date.parse(`${text}Z`);
  return Number.isNaN(wallMs) ? undefined : instantOfWall(wallMs, clock);
}
