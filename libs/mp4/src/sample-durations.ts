/**
 * Reads how long each sample of a fragment lasts from its moof, and writes lengths back in place. Composition offsets
 * change with them. What it does NOT do: make room. A moof without a length for each sample has one for all (`tfhd`),
 * and then all get the same length.
 */
import type { TrackFragment } from './fragment-header';
import type { SampleRun } from './moof';

/** In ticks, in decoding order. `bytes`: those from which the header was parsed. */
export function readDurations(bytes: Buffer, { runs, defaultDuration }: TrackFragment): number[] {
  const durations: number[] = [];
  for (const { count, durationAt, sampleBytes } of runs) {
    for (let i = 0; i < count; i++)
      durations.push(
        durationAt === undefined ? defaultDuration.ticks : bytes.readUInt32BE(durationAt + i * sampleBytes),
      );
  }
  return durations;
}

/** From decoding to showing of the n-th sample (from 0), in ticks. It is 0 where there is no such offset. */
export function compositionOffset(bytes: Buffer, { runs }: TrackFragment, n: number): number {
  let first = 0;
  for (const { count, compositionAt, sampleBytes } of runs) {
    if (n < first + count)
      return compositionAt === undefined ? 0 : bytes.readInt32BE(compositionAt + (n - first) * sampleBytes);
    first += count;
  }
  return 0;
}

/**
 * Gives each sample its length (whole ticks) in the bytes and in the header, and scales the composition offsets.
 * Afterwards `durationTicks` in the header says what really lies there.
 */
export function writeDurations(
  bytes: Buffer,
  fragment: TrackFragment,
  durations: readonly number[],
  compositionScale: number,
): void {
  const { runs, defaultDuration, lastSample } = fragment;
  const isOwn = ({ durationAt }: SampleRun): boolean => durationAt !== undefined;
  if (defaultDuration.at !== undefined && !runs.every(isOwn)) {
    defaultDuration.ticks = Math.max(
      1,
      Math.round(durations.reduce((sum, ticks) => sum + ticks, 0) / durations.length),
    );
    bytes.writeUInt32BE(defaultDuration.ticks, defaultDuration.at);
  }
  let sample = 0;
  for (const { count, durationAt, compositionAt, sampleBytes } of runs) {
    for (let i = 0; i < count; i++, sample++) {
      if (durationAt !== undefined) bytes.writeUInt32BE(durations[sample] ?? 1, durationAt + i * sampleBytes);
      if (compositionAt === undefined || compositionScale === 1) continue;
      const at = compositionAt + i * sampleBytes;
      bytes.writeInt32BE(Math.round(bytes.readInt32BE(at) * compositionScale), at);
    }
  }
  const written = readDurations(bytes, fragment);
  fragment.durationTicks = written.reduce((sum, ticks) => sum + ticks, 0);
  fragment.longestSampleTicks = written.reduce((longest, ticks) => Math.max(longest, ticks), 0);
  fragment.momentarySamples = written.filter((ticks) => ticks <= 1).length;
  lastSample.ticks = written.at(-1) ?? 0;
}
