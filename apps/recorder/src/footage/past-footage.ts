/** What earlier lives of the recorder left of a camera: the open segment is finished, and the last instant found with the reason why it was the last. */
import { GAP_REASONS, type GapReason } from '@vr/contracts';
import { finishOpenGap, listSegments, readCameraState, recoverSegments, type Recovered } from '@vr/footage';

export interface PastFootage {
  recovered: Recovered[];
  /** Undefined where the camera has no footage. */
  last?: { endMs: number; reason: GapReason };
}

/** Call it before the camera is recorded: every open segment then is a dead one's. */
export async function finishPastFootage(recordingsDir: string, cameraId: string): Promise<PastFootage> {
  const recovered = await recoverSegments(recordingsDir, [cameraId]);
  const endMs = (await listSegments(recordingsDir, cameraId)).at(-1)?.endMs;
  const open = await finishOpenGap(recordingsDir, cameraId);
  if (endMs === undefined) return { recovered };
  return { recovered, last: { endMs, reason: open?.reason ?? (await whyItEnded(recordingsDir, cameraId, recovered.length > 0)) } };
}

/** A recorder that ends in order says so last (state.json); one that was killed says what the camera did before. */
async function whyItEnded(recordingsDir: string, cameraId: string, wasOpen: boolean): Promise<GapReason> {
  const state = await readCameraState(recordingsDir, cameraId);
  if (wasOpen || state === undefined || state.state === 'recording') return 'recorder_killed';
  return GAP_REASONS.find((reason) => reason === state.reason) ?? 'recorder_killed';
}
