/** Milliseconds as the contract writes instants and lengths: seconds, with fractions. */
export function toSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** `2026-11-23` of an instant, UTC: the folder of a day. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
