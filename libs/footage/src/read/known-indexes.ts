/** Keeps the indexes of segments that were read lately. */
import { joinNames } from '@vr/base';
import { BoxError } from '@vr/mp4';
import type { Segment } from '../files/catalogue';
import { isNoFile } from '../files/open-footage';
import { beginTurns } from './header-window';
import { openSegment, type OpenedSegment } from './open-segment';
import { readIndexOfFile, type SegmentIndex } from './segment-index';

export interface IndexedSegment {
  /** With its present name. */
  segment: Segment;
  index: SegmentIndex;
}

/**
 * A whole fragment never changes. So an open segment is read on from where the last reading ended, and a clip need not
 * read an hour of headers again. Costs about 100 bytes a fragment.
 */
const known = new Map<string, SegmentIndex>();
const KNOWN_LIMIT = 32;

/**
 * Reads the index of a segment. Undefined where the file was deleted since it was listed, has no init segment yet, or
 * is no plain file.
 */
export async function readIndexed(segment: Segment): Promise<IndexedSegment | undefined> {
  try {
    const opened = await openSegment(segment);
    try {
      return { segment: opened.segment, index: await readOn(opened) };
    } finally {
      await opened.file.close();
    }
  } catch (error) {
    if (error instanceof BoxError || isNoFile(error)) return undefined;
    throw error;
  }
}

async function readOn({ file, segment }: OpenedSegment): Promise<SegmentIndex> {
  // The key leaves out what closing adds to the name. A young segment whose start moved has other times, so it gets
  // another key.
  const key = `${joinNames(segment.recordingsDir, segment.cameraId)}/${segment.startMs}`;
  const index = await readIndexOfFile(file, segment.startMs, known.get(key), beginTurns());
  known.delete(key);
  known.set(key, index);
  for (const oldest of known.keys()) {
    if (known.size <= KNOWN_LIMIT) break;
    known.delete(oldest);
  }
  return index;
}
