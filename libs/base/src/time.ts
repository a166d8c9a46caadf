export const DAY_MS = 86_400_000;

/** 2001-01-01T00:00:00Z. An earlier instant from outside is a counter or an unset clock, and not a date. */
export const EARLIEST_INSTANT_MS = Date.UTC(2001, 0, 1);
/** 2100-01-01T00:00:00Z. Every instant from outside must lie before it. */
export const LATEST_INSTANT_MS = Date.UTC(2100, 0, 1);

/** Turns milliseconds into the contract's unit for instants and lengths: seconds, with fractions. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** The UTC day of an instant, as its folder is named: `2026-11-23`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
