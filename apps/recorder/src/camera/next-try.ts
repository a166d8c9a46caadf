/**
 * Waits between two tries of a camera, and ends the wait early if the camera may be back. Every 2 s it knocks at the
 * camera's address, which is much cheaper than a recording. A camera that was away is back when it answers. A camera
 * that answers and still refuses gets its next try well within 15 s. After a wrong password the whole wait passes, so
 * that the camera does not lock the account. It also passes after a codec that the recorder cannot record.
 */
import type { Clock } from '@vr/base';
import type { GapReason } from '@vr/contracts';

const KNOCK_EVERY_MS = 2000;
const ANSWERING_MS = 8000;
const WAITED_OUT: ReadonlySet<GapReason> = new Set(['camera_unauthorized', 'unsupported_codec']);

export interface Door {
  clock: Clock;
  /** Says whether anything listens at the camera's address. */
  answers: () => Promise<boolean>;
  /** Rejects when nobody wants the next try any more. */
  wait: (ms: number) => Promise<void>;
}

/** Waits for at most `forMs` after a try that ended for `reason`. */
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
