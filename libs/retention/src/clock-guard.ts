/**
 * Whether the machine's clock may be believed by somebody who deletes. A Jetson without a battery boots in 1970; a
 * wrong time server moves it by years. The other way round, a clock that is believed too late only costs room on the
 * disk.
 */
export interface ClockMemory {
  /** What the clock said in the pass before. */
  seenMs?: number;
  /** After a jump: the clock has to go on plausibly until here. */
  doubtedUntilMs?: number;
}

/** Before this program was written. */
const EARLIEST_NOW_MS = Date.UTC(2024, 0, 1);
/** A clock that is corrected back by less is not wrong. */
const FOOTAGE_AHEAD_MS = 60_000;
/** Between two passes lie ten minutes; a machine that was off for days looks the same as a clock that jumped. */
const JUMP_MS = 86_400_000;
/** Time servers answer within minutes: what a clock still says after this is what it will say. */
const PROOF_MS = 3_600_000;

/** `refusal` is for a person. `newestFootageMs` is -Infinity where there is none. */
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
  // A doubted clock that went back to where it was before its jump is itself again.
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
