/**
 * How many times a job is tried. With the delays below the attempts take over an hour, which outlives a short absence
 * of a store or a camera.
 */
export const ATTEMPTS = 20;

/** The delays between attempts. They are spread, so that jobs that failed together do not come back together. */
export const RETRY_DELAYS = { firstMs: 1000, mostMs: 5 * 60_000, spread: 0.5 };
