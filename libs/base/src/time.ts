export const DAY_MS = 86_400_000;

/** 2001-01-01T00:00:00Z. Before it, an instant that somebody tells us is a counter or an unset clock, and no date. */
export const EARLIEST_INSTANT_MS = Date.UTC(2001, 0, 1);
/** 2100-01-01T00:00:00Z. An instant that somebody tells us lies before it. */
export const LATEST_INSTANT_MS = Date.UTC(2100, 0, 1);

/** Milliseconds as the contract writes instants and lengths: seconds, with fractions. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** `2026-11-23` of an instant, UTC: the folder of a day. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
