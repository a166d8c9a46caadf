/**
 * The closed segments of a day, by their starts. A catalogue keeps a million of them, so they are columns of numbers
 * and not objects (docs/decisions/0053-sizes-without-a-database.md). Code that decides about them gets plain objects.
 */
import { largestOf } from '@vr/base';
import { sum } from './sum';

export interface TimedSize {
  startMs: number;
  endMs: number;
  sizeBytes: number;
}

export class DaySegments {
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly sizes: Float64Array;

  /** The segments may come in any order. */
  constructor(segments: readonly TimedSize[]) {
    const sorted = [...segments].sort((a, b) => a.startMs - b.startMs);
    this.starts = new Float64Array(sorted.map(({ startMs }) => startMs));
    this.ends = new Float64Array(sorted.map(({ endMs }) => endMs));
    this.sizes = new Float64Array(sorted.map(({ sizeBytes }) => sizeBytes));
  }

  get length(): number {
    return this.starts.length;
  }

  /** The size of all segments together. */
  get sizeBytes(): number {
    return sum(this.sizes);
  }

  /** The start of the first segment. It is Infinity where there is none. */
  get startMs(): number {
    return this.starts[0] ?? Infinity;
  }

  /** The end of the last segment. It is -Infinity where there is none. */
  get endMs(): number {
    return largestOf(this.ends);
  }

  toArray(): TimedSize[] {
    return Array.from(this.starts, (startMs, row) => ({
      startMs,
      endMs: this.ends[row] ?? startMs,
      sizeBytes: this.sizes[row] ?? 0,
    }));
  }
}
