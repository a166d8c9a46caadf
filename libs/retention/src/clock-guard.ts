/**
 * Decides whether the machine's clock is good enough for deleting. A Jetson without a battery boots in 1970, and a
 * wrong time server moves the clock by years. To believe a clock too late only costs room on the disk.
 */
export interface ClockMemory {
  /** What the clock said in the pass before. */
  seenMs?: number;
  /** After a jump, the clock has to run plausibly until here. */
  doubtedUntilMs?: number;
}

/** No right clock is earlier: this program did not exist. */
const EARLIEST_NOW_MS = Date.UTC(2024, 0, 1);
/** A correction back by less than this does not make a clock wrong. */
const FOOTAGE_AHEAD_MS = 60_000;
/** Passes are ten minutes apart. A machine that was off for days looks the same as a clock that jumped. */
const JUMP_MS = 86_400_000;
/** Time servers answer within minutes. A clock that still says the same after this will not change. */
const PROOF_MS = 3_600_000;

/** `refusal` tells a person why. `newestFootageMs` is -Infinity where there is no footage. */
export function judgeClock(
  nowMs: number,
  newestFootageMs: number,
  before: ClockMemory,
): { refusal?: string; memory: ClockMemory } {
  const now = new Date(nowMs).toISOString();
  const says = `the machine's clock says ${now}`;
  if (nowMs < EARLIEST_NOW_MS)
    return { refusal: `${says}, before this program was written: nothing is deleted until it is set`, memory: before };
  const jumped = before.seenMs !== undefined && nowMs - before.seenMs >= JUMP_MS;
  // A doubted clock is trusted again once it goes back to where it was before its jump.
  const stillDoubted =
    before.doubtedUntilMs !== undefined && nowMs < before.doubtedUntilMs && nowMs >= before.doubtedUntilMs - PROOF_MS;
  const doubtedUntilMs = jumped ? nowMs + PROOF_MS : stillDoubted ? before.doubtedUntilMs : undefined;
  const memory: ClockMemory = { seenMs: nowMs, ...(doubtedUntilMs === undefined ? {} : { doubtedUntilMs }) };
  if (newestFootageMs - nowMs > FOOTAGE_AHEAD_MS) {
    const newest = new Date(newestFootageMs).toISOString();
    return {
      refusal:
        `${says}, but there is footage from ${newest}: nothing is deleted until it is set, or that footage ` +
        'is moved away',
      memory,
    };
  }
  if (doubtedUntilMs === undefined) return { memory };
  const until = new Date(doubtedUntilMs).toISOString();
  return {
    refusal:
      `the machine's clock jumped by days, or the janitor did not run for days: nothing is deleted before ` + until,
    memory,
  };
}
