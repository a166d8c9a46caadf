/**
 * One pass over the box headers of a segment: what the file holds whole, in order. It also reads segments that are
 * being written or were torn. It reads no media, so an hour of 900 MB costs one short read a fragment.
 */
import type { FileHandle } from 'node:fs/promises';
import {
  BoxError,
  LARGE_BOX_HEADER_BYTES,
  readBoxHeader,
  type Box,
  parseFragmentHeader,
  type TrackFragment,
  parseInitSegment,
  type InitSegment,
  readProducerTime,
  type ProducerTime,
} from '@vr/mp4';
import { HeaderWindow, patientTurns, type HeaderFile } from './header-window';

export interface ScannedFragment {
  /** Place of the first byte (`prft`, or `moof` where there is none). */
  offset: number;
  moofOffset: number;
  /** One past `mdat`. */
  endOffset: number;
  tracks: TrackFragment[];
  /** Absent where there is no `prft`, or one of another form than ours. */
  producerTime?: ProducerTime;
}

export interface SegmentScan {
  init: InitSegment;
  initSizeBytes: number;
  /** Only whole fragments, in order. */
  fragments: ScannedFragment[];
  /** Boxes before `endOffset` that do not belong to `ftyp moov (prft moof mdat)*`. */
  strangers: { type: string; offset: number }[];
  /** One past the last whole fragment. Behind it lies `mfra`, or the torn tail. */
  endOffset: number;
  sizeBytes: number;
}

/** Our `prft` is much shorter. A longer one is not read to its end. */
const MOST_PRFT_BYTES = 2048;
/** moov and moof hold tables of some kilobytes. A larger one is damaged, and must not take our memory. */
export const MAX_HEADER_BOX_BYTES = 64 * 1024 * 1024;

/**
 * Throws BoxError where the file has no whole init segment. A torn tail is no error: the scan ends before it.
 * `known`: what an earlier scan found. This one then reads and returns only what lies behind it.
 * `turns`: whether headers may be read at once (header-window.ts).
 */
export async function scanSegment(
  file: FileHandle,
  known?: Pick<SegmentScan, 'init' | 'initSizeBytes' | 'endOffset'>,
  turns = patientTurns(),
): Promise<SegmentScan> {
  const { size } = await file.stat();
  const window = new FileWindow(file, turns);
  const { init, initSizeBytes, strangers } = known ? { ...known, strangers: [] } : await readInit(window, size);
  const scan: SegmentScan = {
    init,
    initSizeBytes,
    fragments: [],
    strangers,
    endOffset: known?.endOffset ?? initSizeBytes,
    sizeBytes: size,
  };
  let pending:
    { offset: number; producerTime?: ProducerTime; moof?: { offset: number; tracks: TrackFragment[] } } | undefined;
  const giveUpPending = (): void => {
    if (pending) strangers.push({ type: pending.moof ? 'moof' : 'prft', offset: pending.offset });
    pending = undefined;
  };
  let at = scan.endOffset;
  while (at < size) {
    const box = headerOrNone(await window.at(at, LARGE_BOX_HEADER_BYTES));
    if (!box || at + box.end > size || box.type === 'mfra') break;
    const sizeBytes = box.end;
    if (box.type === 'prft') {
      giveUpPending();
      pending = {
        offset: at,
        producerTime: readProducerTime(await window.at(at, Math.min(sizeBytes, MOST_PRFT_BYTES))),
      };
    } else if (box.type === 'moof') {
      if (pending?.moof) giveUpPending();
      const tracks = await readFragmentHeader(window, at, sizeBytes, init);
      if (!tracks) break;
      pending = { offset: pending?.offset ?? at, producerTime: pending?.producerTime, moof: { offset: at, tracks } };
    } else if (box.type === 'mdat' && pending?.moof) {
      const { offset, producerTime, moof } = pending;
      scan.fragments.push({
        offset,
        moofOffset: moof.offset,
        endOffset: at + sizeBytes,
        tracks: moof.tracks,
        producerTime,
      });
      scan.endOffset = at + sizeBytes;
      pending = undefined;
    } else strangers.push({ type: box.type, offset: at });
    at += sizeBytes;
  }
  scan.strangers = strangers.filter(({ offset }) => offset < scan.endOffset);
  return scan;
}

/** Undefined where the box is damaged: the torn tail begins there. */
async function readFragmentHeader(
  window: FileWindow,
  offset: number,
  sizeBytes: number,
  init: InitSegment,
): Promise<TrackFragment[] | undefined> {
  if (sizeBytes > MAX_HEADER_BOX_BYTES) return undefined;
  // Some bytes more than the moof: the same read brings the header of mdat.
  const bytes = await window.at(offset, sizeBytes, sizeBytes + LARGE_BOX_HEADER_BYTES);
  try {
    const moof = readBoxHeader(bytes, 0);
    return moof && moof.end <= bytes.length ? parseFragmentHeader(bytes, moof, init) : undefined;
  } catch (error) {
    if (error instanceof BoxError) return undefined;
    throw error;
  }
}

/** Reads `ftyp` and `moov` of a segment. Throws BoxError where they are not whole. */
export async function readInit(
  window: FileWindow,
  size: number,
): Promise<Pick<SegmentScan, 'init' | 'initSizeBytes' | 'strangers'>> {
  const strangers: SegmentScan['strangers'] = [];
  let at = 0;
  for (let wanted = 'ftyp'; ; wanted = 'moov') {
    const box = headerOrNone(await window.at(at, LARGE_BOX_HEADER_BYTES));
    if (!box || at + box.end > size || at + box.end > MAX_HEADER_BOX_BYTES)
      throw new BoxError('the file ends before its init segment does');
    if (box.type === 'moof' || box.type === 'mdat')
      throw new BoxError('the file has fragments but no init segment before them');
    if (box.type !== wanted) strangers.push({ type: box.type, offset: at });
    at += box.end;
    if (box.type === 'moov') break;
  }
  return { init: parseInitSegment(Buffer.from(await window.at(0, at))), initSizeBytes: at, strangers };
}

function headerOrNone(bytes: Buffer): Box | undefined {
  try {
    return readBoxHeader(bytes, 0);
  } catch (error) {
    if (error instanceof BoxError) return undefined; // what a power cut leaves: the torn tail begins here
    throw error;
  }
}

/** Reads a file through a buffer that keeps the last read, so that one read brings neighbouring headers. */
export class FileWindow {
  private readonly window: HeaderWindow;

  constructor(file: Pick<HeaderFile, 'fd' | 'read'>, turns = patientTurns()) {
    this.window = new HeaderWindow(file, turns);
  }

  /**
   * `length` bytes from `offset`, or fewer at the end of the file. They are valid until the next call. Where it must
   * read, it reads `ahead` bytes.
   */
  async at(offset: number, length: number, ahead = length): Promise<Buffer> {
    const { window } = this;
    if (!window.holds(offset, length)) await window.hold(offset, ahead);
    const from = offset - window.start;
    return window.bytes.subarray(from, from + Math.min(length, window.held(offset)));
  }
}

/** Returns fewer than `length` bytes where the file ends before. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
