/**
 * How many times a job is tried. With the delays below that takes over an hour, which outlives a short absence of a
 * store or a camera.
 */
export const ATTEMPTS = 20;

/** Between the attempts. Jobs that failed together do not come back together. */
export const RETRY_DELAYS = { firstMs: 1000, mostMs: 5 * 60_000, spread: 0.5 };
