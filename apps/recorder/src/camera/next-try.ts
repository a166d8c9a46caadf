/**
 * The wait between two tries of a camera, and what ends it early. Every 2 s the camera's address is tried, much cheaper
 * than a recording: one that was away is back when it answers; one that answers and still refuses is tried itself well
 * within 15 s. A wrong password waits its time out, lest the camera lock the account; so does a codec that cannot be
 * recorded.
 */
import type { Clock } from '@vr/base';
import type { GapReason } from '@vr/contracts';

const KNOCK_EVERY_MS = 2000;
const ANSWERING_MS = 8000;
const WAITED_OUT: ReadonlySet<GapReason> = new Set(['camera_unauthorized', 'unsupported_codec']);

export interface Door {
  clock: Clock;
  /** Whether anything listens at the camera's address. */
  answers: () => Promise<boolean>;
  /** Rejects where the wait is to end for good. */
  wait: (ms: number) => Promise<void>;
}

/** Waits `forMs` after a try that ended for `reason`, or less. */
export async function untilNextTry(forMs: number, reason: GapReason, { clock, answers, wait }: Door): Promise<void> {
  const beganMs = clock.monotonicMs();
  let wasAway = false;
  for (;;) {
    const waitedMs = clock.monotonicMs() - beganMs;
    if (waitedMs >= forMs) return;
    const leftMs = forMs - waitedMs;
    await wait(Math.min(leftMs, KNOCK_EVERY_MS));
    if (WAITED_OUT.has(reason) || leftMs <= KNOCK_EVERY_MS) continue;
    const isThere = await answers();
    if (isThere && (wasAway || clock.monotonicMs() - beganMs >= ANSWERING_MS)) return;
    wasAway ||= !isThere;
  }
}
