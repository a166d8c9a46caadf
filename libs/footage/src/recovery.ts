/** Finishes what a dead recorder left: cuts the torn tail, writes `mfra`, gives the final name. Deletes nothing silently. */
import { mkdir, open, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BoxError } from './boxes';
import { listCameras, listSegments, type Segment } from './catalogue';
import { QUARANTINE_FOLDER } from './names';
import { buildRandomAccess } from './random-access';
import { readSegmentIndex, type SegmentIndex } from './segment-index';
import { finishSegment } from './segment-writer';

export interface Recovered {
  cameraId: string;
  /** Of the finished file, or of the file in quarantine. */
  path: string;
  outcome: 'finished' | 'quarantined';
  /** Bytes behind the last whole fragment, which were cut. */
  cutBytes: number;
  endMs?: number;
}

/** Call it before anything is recorded: every open segment then is a dead one's. */
export async function recoverSegments(recordingsDir: string, cameraIds?: readonly string[]): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const cameraId of cameraIds ?? (await listCameras(recordingsDir))) {
    for (const segment of await listSegments(recordingsDir, cameraId)) {
      if (segment.endMs === undefined) recovered.push(await recoverSegment(recordingsDir, segment));
    }
  }
  return recovered;
}

/** Finishes one open segment that nobody writes any more. */
export async function recoverSegment(recordingsDir: string, segment: Segment): Promise<Recovered> {
  const { cameraId, path, startMs } = segment;
  const index = await indexOrNone(segment);
  const last = index?.fragments.at(-1);
  if (!index || !last) {
    const folder = join(recordingsDir, QUARANTINE_FOLDER);
    await mkdir(folder, { recursive: true });
    const target = join(folder, basename(path));
    await rename(path, target);
    return { cameraId, path: target, outcome: 'quarantined', cutBytes: 0 };
  }
  const file = await open(path, 'r+');
  let cutBytes: number;
  try {
    cutBytes = (await file.stat()).size - index.endOffset;
    await file.truncate(index.endOffset);
    const keys = index.fragments.filter((fragment) => fragment.key);
    const mfra = buildRandomAccess(index.init.video.id, keys);
    await file.write(mfra, 0, mfra.length, index.endOffset);
    await file.datasync();
  } finally {
    await file.close();
  }
  const endMs = Math.floor(last.endMs);
  return { cameraId, path: await finishSegment(recordingsDir, cameraId, startMs, endMs - startMs), outcome: 'finished', cutBytes, endMs };
}

async function indexOrNone(segment: Segment): Promise<SegmentIndex | undefined> {
  try {
    return await readSegmentIndex(segment);
  } catch (error) {
    if (error instanceof BoxError) return undefined;
    throw error;
  }
}
