/**
 * Looks after the footage that earlier lives of the recorder left of a camera. It finishes the open segment, and finds
 * where the footage ended and why.
 */
import type { GapReason } from '@vr/contracts';
import { finishOpenGap, listSegments, recoverSegments, type Recovered } from '@vr/footage';

export interface PastFootage {
  recovered: Recovered[];
  /** It is undefined if the camera has no footage. */
  last?: { endMs: number; reason: GapReason };
}

/** Call it before the camera is recorded. Every open segment then belongs to a dead recorder. */
export async function finishPastFootage(recordingsDir: string, cameraId: string): Promise<PastFootage> {
  const recovered = await recoverSegments(recordingsDir, [cameraId]);
  const open = await finishOpenGap(recordingsDir, cameraId);
  // After a clock was set back, the newest recording is not the one with the latest times.
  const endMs = recovered.at(-1)?.endMs ?? open?.startMs ?? (await listSegments(recordingsDir, cameraId)).at(-1)?.endMs;
  // An orderly end wrote its reason to gap.json. A recorder that was killed could write nothing.
  return endMs === undefined
    ? { recovered }
    : { recovered, last: { endMs, reason: open?.reason ?? 'recorder_killed' } };
}
