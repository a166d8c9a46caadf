const JITTER = 0.2;

/**
 * A delay that doubles with every attempt (from 1) up to a limit, spread so that many do not come back at one moment.
 */
export function growingDelayMs(attempt: number, firstMs: number, mostMs: number): number {
  const delayMs = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(delayMs * (1 - JITTER * Math.random()));
}
