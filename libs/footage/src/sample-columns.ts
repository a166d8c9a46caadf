/** The samples of one track on the wall clock, by columns: an hour is 3 MB, where objects were 25. */
import type { Track } from './init-segment';

export class SampleColumns {
  length = 0;
  /** Which of the clip's sources holds it, and where. */
  sources: Uint16Array;
  offsets: Float64Array;
  sizes: Uint32Array;
  /** Which fragment it comes from: a clip's chunks are the footage's fragments. */
  fragments: Uint32Array;
  /** Epoch ms at which it is shown. */
  shownMs: Float64Array;
  /** From decoding to showing, in ticks; 0 where pictures are not reordered. */
  compositionOffsets: Int32Array;
  durations: Uint32Array;
  /** 1 where decoding can begin. */
  keys: Uint8Array;

  /** @param room for so many at first */
  constructor(
    readonly track: Track,
    room = 0,
  ) {
    this.sources = new Uint16Array(room);
    this.offsets = new Float64Array(room);
    this.sizes = new Uint32Array(room);
    this.fragments = new Uint32Array(room);
    this.shownMs = new Float64Array(room);
    this.compositionOffsets = new Int32Array(room);
    this.durations = new Uint32Array(room);
    this.keys = new Uint8Array(room);
  }

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
    if (at === this.sizes.length) this.reserve(Math.max(64, at * 2));
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

  /** All of another's behind these, their fragments counted on from `fragmentBase`. */
  append(other: SampleColumns, fragmentBase: number): void {
    const at = this.length;
    if (at + other.length > this.sizes.length) this.reserve(Math.max(at + other.length, at * 2));
    this.sources.set(other.sources.subarray(0, other.length), at);
    this.offsets.set(other.offsets.subarray(0, other.length), at);
    this.sizes.set(other.sizes.subarray(0, other.length), at);
    for (let i = 0; i < other.length; i++) this.fragments[at + i] = (other.fragments[i] ?? 0) + fragmentBase;
    this.shownMs.set(other.shownMs.subarray(0, other.length), at);
    this.compositionOffsets.set(other.compositionOffsets.subarray(0, other.length), at);
    this.durations.set(other.durations.subarray(0, other.length), at);
    this.keys.set(other.keys.subarray(0, other.length), at);
    this.length = at + other.length;
  }

  /** Samples [from, to), without a copy. */
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
