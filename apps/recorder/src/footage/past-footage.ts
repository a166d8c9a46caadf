/** What earlier lives left on the disk: their open segments are finished, and each camera's last instant found. */
import { listSegments, recoverSegments, type Recovered } from '@vr/footage';
import type { GapReason } from '@vr/contracts';

export interface PastFootage {
  recovered: Recovered[];
  /** Of each camera with footage: where it ends and why it stopped there. */
  last: Map<string, { endMs: number; reason: GapReason }>;
}

/** Call it once, before anything is recorded. */
export async function readPastFootage(recordingsDir: string, cameraIds: readonly string[]): Promise<PastFootage> {
  const recovered = await recoverSegments(recordingsDir);
  const killed = new Set(recovered.map(({ cameraId }) => cameraId));
  const last: PastFootage['last'] = new Map();
  for (const cameraId of cameraIds) {
    const endMs = (await listSegments(recordingsDir, cameraId)).at(-1)?.endMs;
    if (endMs !== undefined) last.set(cameraId, { endMs, reason: killed.has(cameraId) ? 'recorder_killed' : 'recorder_stopped' });
  }
  return { recovered, last };
}
