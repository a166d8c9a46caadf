/**
 * The samples of one track on the wall clock, by columns. An hour has 150,000, and that many objects would keep the
 * garbage collector busy.
 */
import type { Track } from './init-segment';

/** One minute at 25 pictures a second. */
const FEWEST = 1500;

export class SampleColumns {
  length = 0;
  /** Which of the clip's sources holds it, and where. */
  sources = new Uint16Array(0);
  offsets = new Float64Array(0);
  sizes = new Uint32Array(0);
  /** Which fragment it comes from. A clip's chunks are the footage's fragments. */
  fragments = new Uint32Array(0);
  /** Epoch ms at which it is shown. */
  shownMs = new Float64Array(0);
  /** From decoding to showing, in ticks. It is 0 where pictures are not reordered. */
  compositionOffsets = new Int32Array(0);
  durations = new Uint32Array(0);
  /** 1 where decoding can begin, else 0. */
  keys = new Uint8Array(0);

  constructor(readonly track: Track) {}

  push(
    source: number,
    offset: number,
    size: number,
    fragment: number,
    shownMs: number,
    compositionOffset: number,
    duration: number,
    key: boolean,
  ): void {
    const at = this.length;
    if (at === this.sizes.length) this.reserve(Math.max(FEWEST, at * 2));
    this.sources[at] = source;
    this.offsets[at] = offset;
    this.sizes[at] = size;
    this.fragments[at] = fragment;
    this.shownMs[at] = shownMs;
    this.compositionOffsets[at] = compositionOffset;
    this.durations[at] = duration;
    this.keys[at] = key ? 1 : 0;
    this.length = at + 1;
  }

  /** The samples [from, to), without a copy. */
  slice(from: number, to: number): SampleColumns {
    const part = new SampleColumns(this.track);
    part.length = Math.max(0, to - from);
    part.sources = this.sources.subarray(from, to);
    part.offsets = this.offsets.subarray(from, to);
    part.sizes = this.sizes.subarray(from, to);
    part.fragments = this.fragments.subarray(from, to);
    part.shownMs = this.shownMs.subarray(from, to);
    part.compositionOffsets = this.compositionOffsets.subarray(from, to);
    part.durations = this.durations.subarray(from, to);
    part.keys = this.keys.subarray(from, to);
    return part;
  }

  endMs(i: number): number {
    return (this.shownMs[i] ?? NaN) + this.ticksToMs(this.durations[i] ?? 0);
  }

  /** Epoch ms at which it is decoded. */
  decodedMs(i: number): number {
    return (this.shownMs[i] ?? NaN) - this.ticksToMs(this.compositionOffsets[i] ?? 0);
  }

  private ticksToMs(ticks: number): number {
    return (ticks / this.track.timescale) * 1000;
  }

  private reserve(room: number): void {
    this.sources = grown(this.sources, new Uint16Array(room));
    this.offsets = grown(this.offsets, new Float64Array(room));
    this.sizes = grown(this.sizes, new Uint32Array(room));
    this.fragments = grown(this.fragments, new Uint32Array(room));
    this.shownMs = grown(this.shownMs, new Float64Array(room));
    this.compositionOffsets = grown(this.compositionOffsets, new Int32Array(room));
    this.durations = grown(this.durations, new Uint32Array(room));
    this.keys = grown(this.keys, new Uint8Array(room));
  }
}

function grown<T extends { set(values: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
