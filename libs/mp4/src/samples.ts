/** Visits the samples of a fragment one by one: where in the file each lies, and when it is decoded and shown. */
import { BoxError, type Box } from './boxes';
import type { InitSegment, Track } from './init-segment';
import { NON_SYNC, parseMoof, type TrackHeader } from './moof';

export interface Sample {
  track: Track;
  /** Place in the file. */
  offset: number;
  sizeBytes: number;
  /** Decode time, in the track's ticks since the segment's start. */
  dts: number;
  /** From decoding to showing, in ticks. It is 0 where pictures are not reordered. */
  compositionOffset: number;
  durationTicks: number;
  /** Whether decoding can begin here. */
  key: boolean;
}

/**
 * The fields of a `Sample`, in its order. An object for each of an hour's samples would cost more than reading them.
 */
export type SampleVisitor = (
  track: Track,
  offset: number,
  sizeBytes: number,
  dts: number,
  compositionOffset: number,
  durationTicks: number,
  key: boolean,
) => void;

/**
 * The samples of all tracks, track by track, each in decoding order. `moof` lies in `buffer`, and in the file at
 * `moofOffset`.
 */
export function readSamples(buffer: Buffer, moof: Box, moofOffset: number, init: InitSegment): Sample[] {
  const samples: Sample[] = [];
  visitSamples(buffer, moof, moofOffset, init, (track, offset, sizeBytes, dts, shift, durationTicks, key) => {
    samples.push({ track, offset, sizeBytes, dts, compositionOffset: shift, durationTicks, key });
  });
  return samples;
}

/** Does the same without an object for each sample. Throws BoxError where the moof is damaged. */
export function visitSamples(
  buffer: Buffer,
  moof: { payload: number; end: number },
  moofOffset: number,
  init: InitSegment,
  visit: SampleVisitor,
): void {
  for (const header of parseMoof(buffer, moof, init)) visitTrack(buffer, header, moofOffset, visit);
}

function visitTrack(buffer: Buffer, header: TrackHeader, moofOffset: number, visit: SampleVisitor): void {
  if (header.hasBaseDataOffset)
    throw new BoxError('a fragment with absolute data offsets: wanted default-base-is-moof');
  const { track, defaultSize, defaultFlags } = header;
  const defaultTicks = header.defaultDuration.ticks;
  let dts = header.baseDecodeTime;
  let offset = moofOffset;
  for (const run of header.runs) {
    const { count, version, firstFlags } = run;
    const hasDuration = run.durationAt !== undefined;
    const hasSize = run.sizeAt !== undefined;
    const hasFlags = run.flagsAt !== undefined;
    const hasComposition = run.compositionAt !== undefined;
    if (run.dataOffset !== undefined) offset = moofOffset + run.dataOffset;
    let at = run.samplesAt;
    for (let i = 0; i < count; i++) {
      const duration = hasDuration ? buffer.readUInt32BE((at += 4) - 4) : defaultTicks;
      const size = hasSize ? buffer.readUInt32BE((at += 4) - 4) : defaultSize;
      const flags = hasFlags ? buffer.readUInt32BE((at += 4) - 4) : i === 0 ? firstFlags : defaultFlags;
      // It is signed from version 1 on. Our footage has no version 0 that is meant to be signed.
      const unsigned = hasComposition ? buffer.readUInt32BE((at += 4) - 4) : 0;
      const composition = version === 0 ? unsigned : unsigned | 0;
      visit(track, offset, size, dts, composition, duration, (flags & NON_SYNC) === 0);
      dts += duration;
      offset += size;
    }
  }
}
