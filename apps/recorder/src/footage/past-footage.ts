/**
 * What earlier lives of the recorder left of a camera: the open segment is finished, and the last instant found with
 * the reason why it was the last.
 */
import type { GapReason } from '@vr/contracts';
import { finishOpenGap, listSegments, recoverSegments, type Recovered } from '@vr/footage';

export interface PastFootage {
  recovered: Recovered[];
  /** Undefined where the camera has no footage. */
  last?: { endMs: number; reason: GapReason };
}

/** Call it before the camera is recorded: every open segment then is a dead one's. */
export async function finishPastFootage(recordingsDir: string, cameraId: string): Promise<PastFootage> {
  const recovered = await recoverSegments(recordingsDir, [cameraId]);
  const open = await finishOpenGap(recordingsDir, cameraId);
  // Where the clock was set back, what was recorded last is not what lies last.
  const endMs = recovered.at(-1)?.endMs ?? open?.startMs ?? (await listSegments(recordingsDir, cameraId)).at(-1)?.endMs;
  // Whatever ended the footage in order, gap.json says it; who was killed could say nothing.
  return endMs === undefined
    ? { recovered }
    : { recovered, last: { endMs, reason: open?.reason ?? 'recorder_killed' } };
}
