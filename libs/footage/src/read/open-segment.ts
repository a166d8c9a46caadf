/**
 * The one way to open a recorded segment for reading. The recorder renames each segment when it closes it. It also
 * renames a young one when its start becomes surer. A reader that holds an older name gets the same file here.
 */
import { lstat, type FileHandle } from 'node:fs/promises';
import { errorCode } from '@vr/base';
import { listSegments, type Segment } from '../files/catalogue';
import { openFootage } from '../files/open-footage';

export interface OpenedSegment {
  /** The caller closes it. */
  file: FileHandle;
  /** With its present name and its `fileId`. Its start may be earlier than the one in the request. */
  segment: Segment & { fileId: string };
}

/** The start of a young segment moves back by seconds at most. */
const MOVES_MS = 30_000;
/** The recorder may rename it again between the listing and the opening. */
const TRIES = 3;

/** No file has the segment's name or a later one of it, or only another file has. */
class SegmentGoneError extends Error {
  readonly code = 'ENOENT';
  constructor(path: string) {
    super(`wanted the footage of ${path}, which was deleted since it was found, or replaced by another file`);
    this.name = 'SegmentGoneError';
  }
}

/**
 * Opens a segment, whatever its name is by now. Where the `fileId` is known it opens no other file. Throws ENOENT where
 * the segment is gone, and OutsideRootError where its name is not that of a plain file. Throws `storage_unavailable`
 * where its folder leads out of RECORDINGS_DIR.
 */
export async function openSegment(segment: Segment): Promise<OpenedSegment> {
  for (let attempt = 1; ; attempt++) {
    const opened = (await openNamed(segment, segment.fileId)) ?? (await openRenamed(segment));
    if (opened) return opened;
    // A closed segment keeps its name.
    if (segment.endMs !== undefined || attempt === TRIES) throw new SegmentGoneError(segment.path);
  }
}

/** A segment's size now, whatever its name is by now; 0 where it is gone. */
export async function segmentBytes(segment: Segment): Promise<number> {
  try {
    // Only an open segment is renamed, so thousands of closed ones need not be opened.
    if (segment.endMs !== undefined) return (await lstat(segment.path)).size;
    const { file } = await openSegment(segment);
    try {
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function openRenamed(segment: Segment): Promise<OpenedSegment | undefined> {
  const renamed = await findRenamed(segment);
  return renamed && openNamed(renamed, segment.fileId);
}

/** Undefined where no file has this name, or only another file than the wanted one. */
async function openNamed(segment: Segment, wantedId: string | undefined): Promise<OpenedSegment | undefined> {
  let file: FileHandle;
  try {
    file = await openFootage(segment.path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  const fileId = fileIdOf(await file.stat());
  if (wantedId === undefined || fileId === wantedId) return { file, segment: { ...segment, fileId } };
  await file.close();
  return undefined;
}

export function fileIdOf({ dev, ino }: { dev: number; ino: number }): string {
  return `${dev}:${ino}`;
}

/** Where a segment that was open may be now. Undefined where it is nowhere. */
async function findRenamed({ recordingsDir, cameraId, path, startMs, endMs }: Segment): Promise<Segment | undefined> {
  if (endMs !== undefined) return undefined;
  const near = await listSegments(recordingsDir, cameraId, startMs - MOVES_MS, startMs + 1);
  return near.findLast((found) => found.path !== path && found.startMs <= startMs);
}
