/** The samples of a fragment, one by one: where in the file each lies and when it is decoded and shown (14496-12, 8.8.7 and 8.8.8). */
import { BoxError, boxesIn, findBox, versionAndFlags, type Box } from './boxes';
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

/** sample_is_non_sync_sample, 8.8.3.1. */
const NON_SYNC = 0x10000;
const TFHD = { baseDataOffset: 0x1, descriptionIndex: 0x2, duration: 0x8, size: 0x10, flags: 0x20 };
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, compositionOffset: 0x800 };

/** `moof` lies in `buffer`, and in the file at `moofOffset`. Samples of all tracks, track by track, each in decoding order. */
export function readSamples(buffer: Buffer, moof: Box, moofOffset: number, init: InitSegment): Sample[] {
  const samples: Sample[] = [];
  for (const traf of boxesIn(buffer, moof.payload, moof.end)) {
    if (traf.type === 'traf') addTrack(samples, buffer, traf, moofOffset, init);
  }
  return samples;
}

function addTrack(samples: Sample[], buffer: Buffer, traf: Box, moofOffset: number, init: InitSegment): void {
  const tfhd = findBox(buffer, traf, 'tfhd');
  const tfdt = findBox(buffer, traf, 'tfdt');
  if (!tfhd || !tfdt) throw new BoxError('a track fragment lacks tfhd or tfdt');
  const { flags } = versionAndFlags(buffer, tfhd);
  const track = init.tracks.get(buffer.readUInt32BE(tfhd.payload + 4));
  if (!track) throw new BoxError('a fragment of a track that moov does not have');
  if (flags & TFHD.baseDataOffset) throw new BoxError('a fragment with absolute data offsets: wanted default-base-is-moof');
  let at = tfhd.payload + 8 + (flags & TFHD.descriptionIndex ? 4 : 0);
  const next = (present: number, otherwise: number): number => (present ? buffer.readUInt32BE((at += 4) - 4) : otherwise);
  const defaults = {
    duration: next(flags & TFHD.duration, track.defaultSampleDuration),
    size: next(flags & TFHD.size, 0),
    flags: next(flags & TFHD.flags, track.defaultSampleFlags),
  };
  const version = versionAndFlags(buffer, tfdt).version;
  const run = { dts: version === 1 ? Number(buffer.readBigUInt64BE(tfdt.payload + 4)) : buffer.readUInt32BE(tfdt.payload + 4), offset: moofOffset };
  for (const box of boxesIn(buffer, traf.payload, traf.end)) {
    if (box.type === 'trun') addRun(samples, buffer, box, { track, defaults, moofOffset, run });
  }
}

interface RunContext {
  track: Track;
  defaults: { duration: number; size: number; flags: number };
  moofOffset: number;
  /** Where the next sample begins, in time and in the file. */
  run: { dts: number; offset: number };
}

function addRun(samples: Sample[], buffer: Buffer, trun: Box, { track, defaults, moofOffset, run }: RunContext): void {
  const { version, flags } = versionAndFlags(buffer, trun);
  const count = buffer.readUInt32BE(trun.payload + 4);
  let at = trun.payload + 8;
  if (flags & TRUN.dataOffset) run.offset = moofOffset + buffer.readInt32BE((at += 4) - 4);
  const firstFlags = flags & TRUN.firstFlags ? buffer.readUInt32BE((at += 4) - 4) : defaults.flags;
  const fields = [TRUN.duration, TRUN.size, TRUN.flags, TRUN.compositionOffset].filter((field) => flags & field).length;
  if (at + count * fields * 4 > trun.end) throw new BoxError(`a trun of ${count} samples that its box does not hold`);
  for (let i = 0; i < count; i++) {
    const next = (field: number, otherwise: number): number => (flags & field ? buffer.readUInt32BE((at += 4) - 4) : otherwise);
    const durationTicks = next(TRUN.duration, defaults.duration);
    const sizeBytes = next(TRUN.size, defaults.size);
    const sampleFlags = next(TRUN.flags, i === 0 ? firstFlags : defaults.flags);
    // Signed from version 1 on; a version 0 that is meant to be signed does not exist in our footage.
    const offset32 = next(TRUN.compositionOffset, 0);
    const compositionOffset = version === 0 ? offset32 : offset32 | 0;
    samples.push({ track, offset: run.offset, sizeBytes, dts: run.dts, compositionOffset, durationTicks, key: (sampleFlags & NON_SYNC) === 0 });
    run.dts += durationTicks;
    run.offset += sizeBytes;
  }
}
