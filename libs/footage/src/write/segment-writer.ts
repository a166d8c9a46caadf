/**
 * Writes one segment: the init segment, then each fragment with one write, then `mfra` and the final name. Only the
 * recorder writes. Any player opens the file at any instant. A kill loses at most the fragment that was not handed over
 * yet.
 */
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openPlainFile, syncToDisk, utcDay } from '@vr/base';
import type { Segment } from '../files/catalogue';
import {
  withCreationTime,
  writeBaseDecodeTime,
  type TrackFragment,
  PRFT_BYTES,
  writeProducerTime,
  buildRandomAccess,
  type KeyFragment,
} from '@vr/mp4';
import type { InitSegment } from '@vr/mp4';
import { makeFolder, segmentPath } from '../files/names';
import { readSegmentIndex } from '../read/segment-index';

export interface StampedFragment {
  /**
   * PRFT_BYTES of room, then moof, then mdat. Where `rest` has more, it is the beginning of that, with the whole moof.
   */
  bytes: Buffer;
  /** What follows on `bytes`. One write appends all of it. */
  rest?: readonly Buffer[];
  /** As parsed from `bytes`. Its times are still those of the run. */
  tracks: TrackFragment[];
  video: TrackFragment;
  /** From media time of the run to wall time, in ms. */
  offsetMs: number;
}

export class SegmentWriter {
  private readonly keys: KeyFragment[] = [];
  private readonly producerTimes: number[] = [];
  private lastEndMs: number;
  private sizeBytes: number;
  private unsynced = true;

  private constructor(
    private readonly file: FileHandle,
    private readonly recordingsDir: string,
    private readonly cameraId: string,
    private readonly init: InitSegment,
    private start: number,
  ) {
    this.sizeBytes = init.bytes.length;
    this.lastEndMs = start;
  }

  /** Creates the open file. `startMs` must be whole, because fragments are stamped relative to it. */
  static async open(
    recordingsDir: string,
    cameraId: string,
    init: InitSegment,
    startMs: number,
  ): Promise<SegmentWriter> {
    const path = segmentPath(recordingsDir, cameraId, startMs);
    await makeFolder(recordingsDir, cameraId, utcDay(startMs));
    const file = await open(path, 'wx+');
    const writer = new SegmentWriter(file, recordingsDir, cameraId, init, startMs);
    try {
      await writer.write([withCreationTime(init.bytes, startMs)], 0);
    } catch (error) {
      await file.close();
      await unlink(path); // it is empty, and would block the next try
      throw error;
    }
    return writer;
  }

  /** Where the file is while it is open. */
  get path(): string {
    return segmentPath(this.recordingsDir, this.cameraId, this.start);
  }

  /** As the catalogue lists it while it is open. */
  get segment(): Segment {
    const { recordingsDir, cameraId, path, start } = this;
    return { recordingsDir, cameraId, path, fileName: basename(path), startMs: start };
  }

  get initSegment(): InitSegment {
    return this.init;
  }

  get startMs(): number {
    return this.start;
  }

  get endMs(): number {
    return this.lastEndMs;
  }

  get bytesWritten(): number {
    return this.sizeBytes;
  }

  /**
   * Stamps a fragment (`prft`, and `tfdt` counted from the segment's start) and appends it. Where the disk refuses,
   * nothing of it is appended.
   */
  async append({ bytes, rest = [], tracks, video, offsetMs }: StampedFragment): Promise<void> {
    const wallStartMs = toMs(video.baseDecodeTime, video) + offsetMs;
    for (const fragment of tracks) {
      const sinceStartMs = toMs(fragment.baseDecodeTime, fragment) + offsetMs - this.start;
      writeBaseDecodeTime(bytes, fragment, (sinceStartMs / 1000) * fragment.track.timescale);
    }
    const ticks = Math.max(0, Math.round(((wallStartMs - this.start) / 1000) * video.track.timescale));
    writeProducerTime(bytes, 0, { trackId: video.track.id, wallMs: wallStartMs, mediaTicks: ticks });
    const writtenBytes = await this.write([bytes, ...rest], this.sizeBytes);
    if (video.startsWithKey) this.keys.push({ ticks, moofOffset: this.sizeBytes + PRFT_BYTES });
    this.producerTimes.push(this.sizeBytes);
    this.sizeBytes += writtenBytes;
    this.lastEndMs = wallStartMs + toMs(video.durationTicks, video);
    this.unsynced = true;
  }

  /**
   * A full disk takes one part and then refuses. That part is cut off again, so the file ends with a whole fragment.
   */
  private async write(parts: Buffer[], offset: number): Promise<number> {
    let written = 0;
    try {
      for (let left = parts; left.length > 0;) {
        const { bytesWritten } = await this.file.writev(left, offset + written);
        written += bytesWritten;
        left = behind(left, bytesWritten);
      }
      return written;
    } catch (error) {
      if (written > 0) await this.file.truncate(offset);
      throw error;
    }
  }

  /**
   * Moves the file's start, because the run began earlier than its first fragments showed. The name changes. Times
   * inside count from the start and stay; only the wall-clock times in `moov` and `prft` change.
   */
  async moveStart(startMs: number): Promise<void> {
    const deltaMs = startMs - this.start;
    await restamp(this.file, this.init, this.producerTimes, startMs);
    const from = this.path;
    const to = segmentPath(this.recordingsDir, this.cameraId, startMs);
    await makeFolder(this.recordingsDir, this.cameraId, utcDay(startMs));
    await rename(from, to);
    this.start = startMs;
    this.lastEndMs += deltaMs;
  }

  /** Everything that was appended so far survives a power cut after this. */
  async sync(): Promise<void> {
    if (!this.unsynced) return;
    this.unsynced = false;
    await this.file.datasync();
  }

  /** Writes `mfra`, syncs and gives the file its final name. Returns its path. */
  async close(): Promise<string> {
    try {
      await this.write([buildRandomAccess(this.init.video.id, this.keys)], this.sizeBytes);
      await this.file.datasync();
    } finally {
      await this.file.close();
    }
    return finishSegment(this.recordingsDir, this.cameraId, this.start, Math.floor(this.lastEndMs) - this.start);
  }

  /** Closes the file as it is. Recovery finishes it. */
  async abandon(): Promise<void> {
    await this.file.close();
  }
}

/** The rest of `parts` behind their first `count` bytes. */
function behind(parts: Buffer[], count: number): Buffer[] {
  let left = count;
  return parts.flatMap((part) => {
    const taken = Math.min(left, part.length);
    left -= taken;
    return taken === part.length ? [] : [part.subarray(taken)];
  });
}

/** Moves a closed segment that belongs elsewhere in time. Only its name and the wall-clock times in it change. */
export async function moveSegment(recordingsDir: string, segment: Segment, startMs: number): Promise<string> {
  const { init, fragments } = await readSegmentIndex(segment);
  const file = await openPlainFile(segment.path, 'r+');
  try {
    await restamp(
      file,
      init,
      fragments.map(({ offset }) => offset),
      startMs,
    );
    await file.datasync();
  } finally {
    await file.close();
  }
  const path = segmentPath(
    recordingsDir,
    segment.cameraId,
    startMs,
    (segment.endMs ?? segment.startMs) - segment.startMs,
  );
  await makeFolder(recordingsDir, segment.cameraId, utcDay(startMs));
  await rename(segment.path, path);
  await syncToDisk(dirname(path));
  return path;
}

async function restamp(
  file: FileHandle,
  init: InitSegment,
  prftOffsets: readonly number[],
  startMs: number,
): Promise<void> {
  const head = withCreationTime(init.bytes, startMs);
  await file.write(head, 0, head.length, 0);
  const prft = Buffer.alloc(PRFT_BYTES);
  for (const offset of prftOffsets) {
    await file.read(prft, 0, PRFT_BYTES, offset);
    const ticks = Number(prft.readBigUInt64BE(24));
    writeProducerTime(prft, 0, {
      trackId: init.video.id,
      wallMs: startMs + (ticks / init.video.timescale) * 1000,
      mediaTicks: ticks,
    });
    await file.write(prft, 0, PRFT_BYTES, offset);
  }
}

/** Gives an open segment its final name, and makes sure that the name survives a power cut. */
async function finishSegment(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  durationMs: number,
): Promise<string> {
  const path = segmentPath(recordingsDir, cameraId, startMs, durationMs);
  await rename(segmentPath(recordingsDir, cameraId, startMs), path);
  await syncToDisk(dirname(path));
  return path;
}

function toMs(ticks: number, fragment: TrackFragment): number {
  return (ticks / fragment.track.timescale) * 1000;
}
