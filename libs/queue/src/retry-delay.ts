const FIRST_MS = 1000;
const MOST_MS = 5 * 60_000;

/**
 * How many times a job is tried: with these delays over an hour, so that a short absence of a store or a camera is
 * outlived.
 */
export const ATTEMPTS = 20;

/**
 * The delay before the next attempt, after `attemptsMade` (from 1): doubling, at most 5 min, and somewhere in its upper
 * half, so that the jobs that failed together do not come back together.
 */
export function retryDelayMs(attemptsMade: number, random: () => number = Math.random): number {
  const delayMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attemptsMade - 1, 30));
  return Math.round(delayMs * (0.5 + 0.5 * random()));
}
