/**
 * Finishes the segments of a dead recorder: cuts the torn tail, writes `mfra`, gives the final name. It deletes nothing
 * silently.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { confinedPath, openPlainFile } from '@vr/base';
import { BoxError } from '@vr/mp4';
import { listTracks, listSegments, type Segment } from '../files/catalogue';
import { MAX_DURATION_MS, segmentPath } from '../files/names';
import { quarantine, renameDurably } from '../files/quarantine';
import { indexFromScan } from '../read/segment-index';
import { isUnreadable } from '../files/side-file';
import { mendSegment } from './segment-mending';
import { scanSegment, type SegmentScan } from '../read/segment-scan';

export interface Recovered {
  cameraId: string;
  /** Path of the finished file, or of the file in quarantine. */
  path: string;
  outcome: 'finished' | 'quarantined';
  /** How many bytes behind the last whole fragment were cut. */
  cutBytes: number;
  endMs?: number;
}

/** Call it before anything is recorded. Every open segment then belongs to a dead recorder. */
export async function recoverSegments(recordingsDir: string, cameraIds?: readonly string[]): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const cameraId of cameraIds ?? (await listTracks(recordingsDir))) {
    for (const segment of await listSegments(recordingsDir, cameraId)) {
      if (segment.endMs === undefined) recovered.push(await recoverSegment(recordingsDir, segment));
    }
  }
  return recovered;
}

/**
 * Finishes one open segment that nobody writes any more. Throws OutsideRootError where its folder is a link out of
 * RECORDINGS_DIR.
 */
export async function recoverSegment(recordingsDir: string, segment: Segment): Promise<Recovered> {
  const { cameraId, path, startMs } = segment;
  await confinedPath(recordingsDir, cameraId, basename(dirname(path)));
  const scan = await scanOrNone(path);
  const last = scan && indexFromScan(scan, startMs).fragments.at(-1);
  if (!last || last.endMs - startMs > MAX_DURATION_MS)
    return { cameraId, path: await quarantine(recordingsDir, path), outcome: 'quarantined', cutBytes: 0 };
  const { cutBytes } = await mendSegment({ recordingsDir, path, scan, startMs });
  const endMs = Math.floor(last.endMs);
  const finished = segmentPath(recordingsDir, cameraId, startMs, endMs - startMs);
  // The same footage exists twice. The finished file stays in its place, the other goes to quarantine, none is deleted.
  if (!(await renameDurably(path, finished)))
    return { cameraId, path: await quarantine(recordingsDir, path), outcome: 'quarantined', cutBytes };
  return { cameraId, path: finished, outcome: 'finished', cutBytes, endMs };
}

async function scanOrNone(path: string): Promise<SegmentScan | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await openPlainFile(path);
    return await scanSegment(file);
  } catch (error) {
    if (error instanceof BoxError || isUnreadable(error)) return undefined;
    throw error;
  } finally {
    await file?.close();
  }
}
