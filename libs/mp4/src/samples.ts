/**
 * The samples of a fragment, one by one: where in the file each lies and when it is decoded and shown (14496-12, 8.8.7
 * and 8.8.8).
 */
import { BoxError, readingBoxes, type Box } from './boxes';
import type { InitSegment, Track } from './init-segment';

export interface Sample {
  track: Track;
  /** In the file. */
  offset: number;
  sizeBytes: number;
  /** Decode time, in the track's ticks from the segment's start. */
  dts: number;
  /** From decoding to showing, in ticks; 0 where pictures are not reordered. */
  compositionOffset: number;
  durationTicks: number;
  /** Whether decoding can begin here. */
  key: boolean;
}

/** The fields of a `Sample`, in its order. Objects for each of an hour's samples would cost more than reading them. */
export type SampleVisitor = (
  track: Track,
  offset: number,
  sizeBytes: number,
  dts: number,
  compositionOffset: number,
  durationTicks: number,
  key: boolean,
) => void;

/** sample_is_non_sync_sample, 8.8.3.1. */
const NON_SYNC = 0x10000;
const TFHD = { baseDataOffset: 0x1, descriptionIndex: 0x2, duration: 0x8, size: 0x10, flags: 0x20 };
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, compositionOffset: 0x800 };
const TYPE = { traf: 0x74726166, tfhd: 0x74666864, tfdt: 0x74666474, trun: 0x7472756e };

/**
 * `moof` lies in `buffer`, and in the file at `moofOffset`. Samples of all tracks, track by track, each in decoding
 * order.
 */
export function readSamples(buffer: Buffer, moof: Box, moofOffset: number, init: InitSegment): Sample[] {
  const samples: Sample[] = [];
  visitSamples(buffer, moof, moofOffset, init, (track, offset, sizeBytes, dts, shift, durationTicks, key) => {
    samples.push({ track, offset, sizeBytes, dts, compositionOffset: shift, durationTicks, key });
  });
  return samples;
}

/**
 * The same without an object for anything: an hour has 7,200 of these boxes, and who asks for it waits. Throws BoxError
 * where the moof is damaged.
 */
export function visitSamples(
  buffer: Buffer,
  { payload, end }: { payload: number; end: number },
  moofOffset: number,
  init: InitSegment,
  visit: SampleVisitor,
): void {
  readingBoxes(() => {
    for (let at = payload; at < end; at += boxBytes(buffer, at, end)) {
      if (buffer.readUInt32BE(at + 4) !== TYPE.traf) continue;
      visitTrack(buffer, at + 8, at + boxBytes(buffer, at, end), moofOffset, init, visit);
    }
  });
}

/** In a moof none has 64 bits for its size. */
function boxBytes(buffer: Buffer, at: number, end: number): number {
  const size = buffer.readUInt32BE(at);
  if (size < 8 || at + size > end) throw new BoxError(`a box at byte ${at} reaches past its parent`);
  return size;
}

function visitTrack(
  buffer: Buffer,
  start: number,
  end: number,
  moofOffset: number,
  init: InitSegment,
  visit: SampleVisitor,
): void {
  const tfhd = findField(buffer, start, end, TYPE.tfhd);
  const tfdt = findField(buffer, start, end, TYPE.tfdt);
  if (tfhd < 0 || tfdt < 0) throw new BoxError('a track fragment lacks tfhd or tfdt');
  const flags = buffer.readUInt32BE(tfhd) & 0xffffff;
  const track = init.tracks.get(buffer.readUInt32BE(tfhd + 4));
  if (!track) throw new BoxError('a fragment of a track that moov does not have');
  if (flags & TFHD.baseDataOffset)
    throw new BoxError('a fragment with absolute data offsets: wanted default-base-is-moof');
  let at = tfhd + 8 + (flags & TFHD.descriptionIndex ? 4 : 0);
  const run: Run = {
    track,
    duration: track.defaultSampleDuration,
    size: 0,
    flags: track.defaultSampleFlags,
    moofOffset,
    dts: 0,
    offset: moofOffset,
  };
  if (flags & TFHD.duration) run.duration = buffer.readUInt32BE((at += 4) - 4);
  if (flags & TFHD.size) run.size = buffer.readUInt32BE((at += 4) - 4);
  if (flags & TFHD.flags) run.flags = buffer.readUInt32BE((at += 4) - 4);
  const high = buffer.readUInt32BE(tfdt + 4);
  const isLong = buffer.readUInt8(tfdt) === 1;
  run.dts = isLong ? high * 2 ** 32 + buffer.readUInt32BE(tfdt + 8) : high;
  for (let box = start; box < end; box += boxBytes(buffer, box, end)) {
    if (buffer.readUInt32BE(box + 4) !== TYPE.trun) continue;
    visitRun(buffer, box + 8, box + boxBytes(buffer, box, end), run, visit);
  }
}

/** Where the version and flags of such a box stand; -1 where there is none. */
function findField(buffer: Buffer, start: number, end: number, type: number): number {
  for (let at = start; at < end; at += boxBytes(buffer, at, end)) {
    if (buffer.readUInt32BE(at + 4) === type) return at + 8;
  }
  return -1;
}

interface Run {
  track: Track;
  /** What a sample has where its run does not say. */
  duration: number;
  size: number;
  flags: number;
  moofOffset: number;
  /** Where the next sample begins, in time and in the file. */
  dts: number;
  offset: number;
}

function visitRun(buffer: Buffer, trun: number, end: number, run: Run, visit: SampleVisitor): void {
  const version = buffer.readUInt8(trun);
  const flags = buffer.readUInt32BE(trun) & 0xffffff;
  const count = buffer.readUInt32BE(trun + 4);
  let at = trun + 8;
  if (flags & TRUN.dataOffset) run.offset = run.moofOffset + buffer.readInt32BE((at += 4) - 4);
  const firstFlags = flags & TRUN.firstFlags ? buffer.readUInt32BE((at += 4) - 4) : run.flags;
  const ownDuration = (flags & TRUN.duration) !== 0;
  const ownSize = (flags & TRUN.size) !== 0;
  const ownFlags = (flags & TRUN.flags) !== 0;
  const ownOffset = (flags & TRUN.compositionOffset) !== 0;
  const fields = Number(ownDuration) + Number(ownSize) + Number(ownFlags) + Number(ownOffset);
  if (at + count * fields * 4 > end) throw new BoxError(`a trun of ${count} samples that its box does not hold`);
  for (let i = 0; i < count; i++) {
    const duration = ownDuration ? buffer.readUInt32BE((at += 4) - 4) : run.duration;
    const size = ownSize ? buffer.readUInt32BE((at += 4) - 4) : run.size;
    const sampleFlags = ownFlags ? buffer.readUInt32BE((at += 4) - 4) : i === 0 ? firstFlags : run.flags;
    // Signed from version 1 on; a version 0 that is meant to be signed does not exist in our footage.
    const offset32 = ownOffset ? buffer.readUInt32BE((at += 4) - 4) : 0;
    const compositionOffset = version === 0 ? offset32 : offset32 | 0;
    visit(run.track, run.offset, size, run.dts, compositionOffset, duration, (sampleFlags & NON_SYNC) === 0);
    run.dts += duration;
    run.offset += size;
  }
}
