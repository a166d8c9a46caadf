export interface BackOffOptions {
  firstMs: number;
  mostMs: number;
  /** Which part of the delay is left to chance: 0.5 means the upper half. So those that failed together come apart. */
  spread: number;
  /** From 0 to 1, 1 excluded. Tests set it. */
  random?: () => number;
}

/** Above so many doublings every delay is at its most. */
const MOST_DOUBLINGS = 30;

/** The delay before the next try, after so many failures (from 1): it doubles from `firstMs` up to `mostMs`. */
export function backOffMs(failures: number, { firstMs, mostMs, spread, random = Math.random }: BackOffOptions): number {
  const longestMs = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
  return Math.round(longestMs * (1 - spread + spread * random()));
}
