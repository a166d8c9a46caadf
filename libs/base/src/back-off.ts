export interface BackOffOptions {
  firstMs: number;
  mostMs: number;
  /**
   * The part of the delay that is left to chance: 0.5 means the upper half. It pulls apart those that failed together.
   */
  spread: number;
  /** Gives numbers from 0 up to 1, without 1. Tests set it. */
  random?: () => number;
}

/** After this many doublings every delay has reached its most. */
const MOST_DOUBLINGS = 30;

/** The delay before the next try, after so many failures (from 1). It doubles from `firstMs` up to `mostMs`. */
export function backOffMs(failures: number, { firstMs, mostMs, spread, random = Math.random }: BackOffOptions): number {
  const longestMs = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS));
  return Math.round(longestMs * (1 - spread + spread * random()));
}
