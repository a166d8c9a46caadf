/**
 * Brings a segment that nobody writes into its closed form, in place. Recovery and the truth check use it. Invariant:
 * no whole fragment is ever cut without a copy of it in quarantine.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openPlainFile, syncToDisk } from '@vr/base';
import {
  BoxError,
  readBoxHeader,
  parseFragmentHeader,
  PRFT_BYTES,
  writeProducerTime,
  buildRandomAccess,
} from '@vr/mp4';
import type { InitSegment } from '@vr/mp4';
import { quarantinePath } from '../files/quarantine';
import { indexFromScan } from '../read/segment-index';
import { readAt, type ScannedFragment, type SegmentScan } from '../read/segment-scan';

const CHUNK_BYTES = 1024 * 1024;
/** `prft` repeats start + `tfdt`, and both were rounded. */
const PRODUCER_TIME_TOLERANCE_MS = 25;

/**
 * The `prft` boxes that disagree with the start in the name and `tfdt`. A fragment without our `prft` cannot be wrong.
 */
export function wrongProducerTimes(scan: SegmentScan, startMs: number): ScannedFragment[] {
  return scan.fragments.filter((fragment) => {
    const stampedMs = producerStartMs(fragment);
    return stampedMs !== undefined && Math.abs(stampedMs - startMs) > PRODUCER_TIME_TOLERANCE_MS;
  });
}

/** Where the segment starts, if this fragment's `prft` is right. */
export function producerStartMs({ producerTime, tracks }: ScannedFragment): number | undefined {
  const video = tracks.find(({ track }) => track.kind === 'video');
  return producerTime && video
    ? producerTime.wallMs - (video.baseDecodeTime / video.track.timescale) * 1000
    : undefined;
}

/**
 * Cuts what lies behind the last whole fragment, writes `mfra` and the wrong `prft` anew, and syncs.
 * `savedTail`: where the tail was copied first, because it held whole fragments behind a damaged place.
 */
export async function mendSegment(o: {
  recordingsDir: string;
  path: string;
  scan: SegmentScan;
  startMs: number;
}): Promise<{ cutBytes: number; savedTail?: string }> {
  const { scan, startMs } = o;
  const file = await openPlainFile(o.path, 'r+');
  try {
    const savedTail = (await hasWholeFragment(file, scan)) ? await saveTail(file, scan.endOffset, o) : undefined;
    const cutBytes = (await file.stat()).size - scan.endOffset;
    await file.truncate(scan.endOffset);
    const keys = indexFromScan(scan, startMs).fragments.filter((fragment) => fragment.key);
    await writeAll(file, buildRandomAccess(scan.init.video.id, keys), scan.endOffset);
    for (const fragment of wrongProducerTimes(scan, startMs)) await writeStamp(file, fragment, startMs);
    await file.datasync();
    return { cutBytes, savedTail };
  } finally {
    await file.close();
  }
}

async function writeStamp(file: FileHandle, fragment: ScannedFragment, startMs: number): Promise<void> {
  const video = fragment.tracks.find(({ track }) => track.kind === 'video');
  if (!video) return;
  const { baseDecodeTime, track } = video;
  const prft = Buffer.alloc(PRFT_BYTES);
  writeProducerTime(prft, 0, {
    trackId: track.id,
    wallMs: startMs + (baseDecodeTime / track.timescale) * 1000,
    mediaTicks: baseDecodeTime,
  });
  await writeAll(file, prft, fragment.offset);
}

/** Whether a whole fragment lies behind a damaged place. Then the tail is more than a kill can tear. */
async function hasWholeFragment(file: FileHandle, { init, endOffset, sizeBytes }: SegmentScan): Promise<boolean> {
  for (let at = endOffset; at < sizeBytes;) {
    const chunk = await readAt(file, at, CHUNK_BYTES);
    for (let found = chunk.indexOf('moof'); found >= 0; found = chunk.indexOf('moof', found + 1)) {
      if (found >= 4 && (await isWholeFragment(file, at + found - 4, sizeBytes, init))) return true;
    }
    if (chunk.length < CHUNK_BYTES) return false;
    at += CHUNK_BYTES - 8; // a box header may lie across two chunks
  }
  return false;
}

async function isWholeFragment(
  file: FileHandle,
  offset: number,
  sizeBytes: number,
  init: InitSegment,
): Promise<boolean> {
  try {
    const moof = readBoxHeader(await readAt(file, offset, 16), 0);
    if (!moof || moof.end > CHUNK_BYTES || offset + moof.end + 8 > sizeBytes) return false;
    const bytes = await readAt(file, offset, moof.end + 16);
    const mdat = readBoxHeader(bytes, moof.end);
    return mdat?.type === 'mdat' && offset + mdat.end <= sizeBytes && parseFragmentHeader(bytes, moof, init).length > 0;
  } catch (error) {
    if (error instanceof BoxError) return false;
    throw error;
  }
}

async function saveTail(
  file: FileHandle,
  offset: number,
  { recordingsDir, path }: { recordingsDir: string; path: string },
): Promise<string> {
  const target = await quarantinePath(recordingsDir, `${basename(path)}.from-byte-${offset}`);
  const copy = await open(target, 'wx');
  try {
    for (let at = offset; ; at += CHUNK_BYTES) {
      const chunk = await readAt(file, at, CHUNK_BYTES);
      await writeAll(copy, chunk, at - offset);
      if (chunk.length < CHUNK_BYTES) break;
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
  await syncToDisk(dirname(target));
  return target;
}

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written, offset + written)).bytesWritten;
  }
}
