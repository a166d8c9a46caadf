/** Which fragments a segment holds, where in the file and when; also of a segment that is being written, or was torn. */
import { open, type FileHandle } from 'node:fs/promises';
import { BoxError, findBox, LARGE_BOX_HEADER_BYTES, readBoxHeader, type Box } from './boxes';
import { parseFragmentHeader, type TrackFragment } from './fragment-header';
import { parseInitSegment, type InitSegment } from './init-segment';

export interface Fragment {
  /** Of the first byte (`prft`, or `moof` where there is none). */
  offset: number;
  sizeBytes: number;
  /** Of the first video frame. */
  startMs: number;
  endMs: number;
  /** Whether it begins with a key frame. */
  key: boolean;
}

export interface IndexedFragment extends Fragment {
  moofOffset: number;
  /** Start in the video track's ticks from the segment's start. */
  ticks: number;
}

export interface SegmentIndex {
  init: InitSegment;
  initSizeBytes: number;
  /** Whole ones only, in order. */
  fragments: IndexedFragment[];
  /** One past the last whole fragment: what lies behind it is `mfra`, or the torn tail. */
  endOffset: number;
  video: { codec: string; width: number; height: number; timescale: number };
}

/** prft, moof and the head of mdat of a usual fragment fit into one read. */
const READ_BYTES = 4096;

/** `known`: an earlier reading of the same file, which is then read on from where that ended. */
export async function readSegmentIndex(segment: { path: string; startMs: number }, known?: SegmentIndex): Promise<SegmentIndex> {
  const file = await open(segment.path, 'r');
  try {
    return await scanSegment(file, segment.startMs, known);
  } finally {
    await file.close();
  }
}

/** Throws BoxError where the file has no whole init segment. A torn tail is not an error: the index ends before it. */
async function scanSegment(file: FileHandle, startMs: number, known?: SegmentIndex): Promise<SegmentIndex> {
  const { size } = await file.stat();
  const index = known ? { ...known, fragments: [...known.fragments] } : await emptyIndex(file, size);
  const { init, endOffset } = index;
  const { timescale } = index.video;
  let at = endOffset;
  let fragmentOffset: number | undefined;
  let header: { moof: Box; tracks: TrackFragment[] } | undefined;
  let window = await readAt(file, at, READ_BYTES);
  let windowOffset = at;
  while (at < size) {
    if (at + LARGE_BOX_HEADER_BYTES > windowOffset + window.length) {
      window = await readAt(file, at, READ_BYTES);
      windowOffset = at;
    }
    const box = headerOrNone(window, at - windowOffset);
    if (!box) break;
    const sizeBytes = box.end - box.start;
    if (at + sizeBytes > size) break;
    if (box.type === 'prft') fragmentOffset = at;
    else if (box.type === 'moof') {
      fragmentOffset ??= at;
      if (box.end > window.length) {
        window = await readAt(file, at, Math.max(sizeBytes + LARGE_BOX_HEADER_BYTES, READ_BYTES));
        windowOffset = at;
      }
      const moof = readBoxHeader(window, at - windowOffset);
      if (!moof || moof.end > window.length) break;
      try {
        header = { moof: { ...moof, start: at }, tracks: parseFragmentHeader(window, moof, init) };
      } catch (error) {
        if (error instanceof BoxError) break;
        throw error;
      }
    } else if (box.type === 'mdat' && header && fragmentOffset !== undefined) {
      const fragment = indexed(header, fragmentOffset, at + sizeBytes, startMs, timescale);
      if (fragment) index.fragments.push(fragment);
      index.endOffset = at + sizeBytes;
      header = undefined;
      fragmentOffset = undefined;
    } else if (box.type === 'mfra') break;
    at += sizeBytes;
  }
  return index;
}

async function emptyIndex(file: FileHandle, size: number): Promise<SegmentIndex> {
  const { init, offset } = await readInit(file, size);
  const { codec, width, height, timescale } = init.video;
  return { init, initSizeBytes: offset, fragments: [], endOffset: offset, video: { codec, width, height, timescale } };
}

function indexed(
  header: { moof: Box; tracks: TrackFragment[] },
  offset: number,
  end: number,
  segmentStartMs: number,
  timescale: number,
): IndexedFragment | undefined {
  const video = header.tracks.find((fragment) => fragment.track.kind === 'video');
  if (!video) return undefined; // audio alone: it belongs to no picture
  const startMs = segmentStartMs + (video.baseDecodeTime / timescale) * 1000;
  return {
    offset,
    sizeBytes: end - offset,
    startMs,
    endMs: startMs + (video.durationTicks / timescale) * 1000,
    key: video.startsWithKey,
    moofOffset: header.moof.start,
    ticks: video.baseDecodeTime,
  };
}

async function readInit(file: FileHandle, size: number): Promise<{ init: InitSegment; offset: number }> {
  let at = 0;
  for (;;) {
    const box = headerOrNone(await readAt(file, at, LARGE_BOX_HEADER_BYTES), 0);
    if (!box || at + box.end > size) throw new BoxError('the file ends before its init segment does');
    at += box.end;
    if (box.type === 'moov') break;
    if (box.type === 'moof' || box.type === 'mdat') throw new BoxError('the file has fragments but no init segment before them');
  }
  return { init: parseInitSegment(await readAt(file, 0, at)), offset: at };
}

function headerOrNone(buffer: Buffer, offset: number): Box | undefined {
  try {
    return readBoxHeader(buffer, offset);
  } catch (error) {
    if (error instanceof BoxError) return undefined; // zeros or garbage after a power cut: the torn tail begins here
    throw error;
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

/** Reads `init` bytes or one fragment whole. */
export async function readBytes(file: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const bytes = await readAt(file, offset, sizeBytes);
  if (bytes.length < sizeBytes) throw new BoxError(`wanted ${sizeBytes} bytes at ${offset}, the file has ${bytes.length}`);
  return bytes;
}

/** The moof of a fragment that was read whole. */
export function fragmentHeader(fragment: Buffer, init: InitSegment): TrackFragment[] {
  const moof = findBox(fragment, { payload: 0, end: fragment.length }, 'moof');
  if (!moof) throw new BoxError('a fragment without moof');
  return parseFragmentHeader(fragment, moof, init);
}
