/** The indexes of segments that were read lately, and what becomes of a segment that is renamed while it is read. */
import { dirname } from 'node:path';
import { errorCode, OutsideRootError } from '@vr/base';
import { BoxError } from '@vr/mp4';
import { listSegments, type Segment } from '../files/catalogue';
import { readSegmentIndex, type SegmentIndex } from './segment-index';

/**
 * Fragments never change once they are whole, so an open segment is read on from where its last reading ended: an
 * hour's headers need not be read for every clip. About 100 bytes a fragment.
 */
const known = new Map<string, SegmentIndex>();
const KNOWN_LIMIT = 32;

/**
 * Undefined where the file has gone by retention since it was listed, or holds nothing: it has no init yet, or is no
 * plain file. One that got its final name since is followed: `segment` is then changed to it.
 */
export async function indexOf(segment: Segment): Promise<SegmentIndex | undefined> {
  try {
    return await readOn(segment);
  } catch (error) {
    if (error instanceof BoxError || error instanceof OutsideRootError) return undefined;
    if (errorCode(error) !== 'ENOENT') throw error;
    const renamed = await findRenamed(segment);
    if (!renamed) return undefined;
    Object.assign(segment, renamed);
    return indexOf(segment);
  }
}

async function readOn(segment: Segment): Promise<SegmentIndex> {
  // Without what closing adds to the name; a young segment whose start moves is another one.
  const key = `${dirname(segment.path)}/${segment.startMs}`;
  const index = await readSegmentIndex(segment, known.get(key));
  known.delete(key);
  known.set(key, index);
  for (const oldest of known.keys()) {
    if (known.size <= KNOWN_LIMIT) break;
    known.delete(oldest);
  }
  return index;
}

/** Where a segment that was open when it was listed may be now, if not under its name; undefined where it has gone. */
export async function findRenamed(segment: Segment): Promise<Segment | undefined> {
  if (segment.endMs !== undefined) return undefined;
  const recordingsDir = segment.path.slice(0, -`/${segment.cameraId}/2000-01-01/${segment.fileName}`.length);
  // The clock model may move the start of a young open segment back, by seconds at most.
  const near = await listSegments(recordingsDir, segment.cameraId, segment.startMs - 30_000, segment.startMs + 1);
  return near.reverse().find((found) => found.path !== segment.path && found.startMs <= segment.startMs);
}
