/**
 * Finds whether a recorder writes here. A running recorder must never be disturbed, and it may run in another
 * container: there is no process to ask and no lock to try. So there are two signs on the disk, and one is enough:
 * - An open segment was written to in the last minute. A recorder writes every second, and ends a stalled camera's
 *   segment after STALL_SECONDS (10).
 * - state.json is young. A recorder renews it every 30 s, whatever its cameras do. It vouches for the newest open
 *   segment only.
 * Ages below 0 count as young: the machine's clock was set back, and the recorder has the benefit of the doubt.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@vr/base';
import { HEARTBEAT_MS } from '../files/camera-state';
import type { CameraFolder, FoundSegment } from './camera-folder';

/**
 * It is also the age up to which the newest footage may lack what is written a little later: the line of a gap, a
 * settled start.
 */
export const YOUNG_MS = 60_000;

export interface Liveness {
  /** Whether there is any sign of a recorder for this camera. */
  recorder: boolean;
  /** Paths of open segments that somebody may be writing. */
  open: ReadonlySet<string>;
}

export async function readLiveness(
  recordingsDir: string,
  { cameraId, segments }: CameraFolder,
  nowMs: number,
): Promise<Liveness> {
  const isYoung = async (path: string, ageMs: number): Promise<boolean> => {
    const writtenMs = await writtenAt(path);
    return writtenMs !== undefined && nowMs - writtenMs < ageMs;
  };
  const heartbeat = await isYoung(join(recordingsDir, cameraId, 'state.json'), HEARTBEAT_MS);
  const newest = segments.at(-1);
  const open = new Set<string>();
  for (const segment of segments) {
    if (isOpen(segment) && ((heartbeat && segment === newest) || (await isYoung(segment.path, YOUNG_MS))))
      open.add(segment.path);
  }
  return { recorder: heartbeat || open.size > 0, open };
}

export function isOpen(segment: Pick<FoundSegment, 'durationMs'>): boolean {
  return segment.durationMs === undefined;
}

/** Undefined where the file does not exist, or no longer exists. */
async function writtenAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
