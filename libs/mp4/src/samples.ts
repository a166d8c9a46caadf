/** The samples of a fragment: where in the file each lies, and when it is decoded and shown. */
import type { Box } from './boxes';
import type { InitSegment, Track } from './init-segment';
import { parseMoof } from './moof';
import { SampleColumns } from './sample-columns';

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
 * The samples of all tracks, track by track, each in decoding order. `moof` lies in `buffer`, and in the file at
 * `moofOffset`. Throws BoxError where the moof is damaged. Use `SampleColumns` for many fragments.
 */
export function readSamples(buffer: Buffer, moof: Box, moofOffset: number, init: InitSegment): Sample[] {
  return parseMoof(buffer, moof, init).flatMap((header) => {
    const columns = new SampleColumns(header.track);
    columns.append(buffer, header, { source: 0, moofOffset, fragment: 0, zeroMs: 0 });
    let dts = header.baseDecodeTime;
    return Array.from({ length: columns.length }, (_, i): Sample => {
      const durationTicks = columns.durations[i] ?? 0;
      dts += durationTicks;
      return {
        track: header.track,
        offset: columns.offsets[i] ?? 0,
        sizeBytes: columns.sizes[i] ?? 0,
        dts: dts - durationTicks,
        compositionOffset: columns.compositionOffsets[i] ?? 0,
        durationTicks,
        key: columns.keys[i] === 1,
      };
    });
  });
}
