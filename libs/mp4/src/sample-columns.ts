/**
 * The samples of one track on the wall clock, by columns. An hour has 150,000, and that many objects would keep the
 * garbage collector busy.
 */
import { BoxError } from './boxes';
import type { Track } from './init-segment';
import { NON_SYNC, type TrackHeader } from './moof';

/** One minute at 25 pictures a second. */
const FEWEST = 1500;
/** What follows may have shorter samples than what was read. */
const SPARE = 1.1;
/** Room for more than an hour of sound, 9 MB. A damaged header must not ask for more at once. */
const MOST_AT_ONCE = 250_000;

/** Where the samples of a fragment belong. */
export interface FragmentPlace {
  /** Which of the clip's sources holds the fragment, and where its moof lies in it. */
  source: number;
  moofOffset: number;
  fragment: number;
  /** Epoch ms of tick 0. */
  zeroMs: number;
  /** The share of the range that was read before it, from 0 to 1. By this, room for the rest is made at once. */
  share?: number;
}

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

  /**
   * Takes the samples of one track fragment, whose header lies in `buffer`. They go from the bytes into the columns: a
   * call with numbers for each of them would make 24 MB of garbage an hour. Throws BoxError where it is damaged.
   */
  append(buffer: Buffer, header: TrackHeader, place: FragmentPlace): void {
    if (header.hasBaseDataOffset)
      throw new BoxError('a fragment with absolute data offsets: wanted default-base-is-moof');
    const { source, moofOffset, fragment, zeroMs } = place;
    let added = 0;
    for (const { count } of header.runs) added += count;
    this.makeRoom(this.length + added, place.share);
    const { sources, offsets, sizes, fragments, shownMs, compositionOffsets, durations, keys } = this;
    const { timescale } = this.track;
    const { defaultSize, defaultFlags } = header;
    const defaultTicks = header.defaultDuration.ticks;
    let dts = header.baseDecodeTime;
    let offset = moofOffset;
    let to = this.length;
    for (const run of header.runs) {
      const { count, version, firstFlags } = run;
      const hasDuration = run.durationAt !== undefined;
      const hasSize = run.sizeAt !== undefined;
      const hasFlags = run.flagsAt !== undefined;
      const hasComposition = run.compositionAt !== undefined;
      if (run.dataOffset !== undefined) offset = moofOffset + run.dataOffset;
      let at = run.samplesAt;
      for (let i = 0; i < count; i++, to++) {
        const duration = hasDuration ? buffer.readUInt32BE((at += 4) - 4) : defaultTicks;
        const size = hasSize ? buffer.readUInt32BE((at += 4) - 4) : defaultSize;
        const flags = hasFlags ? buffer.readUInt32BE((at += 4) - 4) : i === 0 ? firstFlags : defaultFlags;
        // It is signed from version 1 on. Our footage has no version 0 that is meant to be signed.
        const unsigned = hasComposition ? buffer.readUInt32BE((at += 4) - 4) : 0;
        const composition = version === 0 ? unsigned : unsigned | 0;
        sources[to] = source;
        offsets[to] = offset;
        sizes[to] = size;
        fragments[to] = fragment;
        shownMs[to] = zeroMs + ((dts + composition) / timescale) * 1000;
        compositionOffsets[to] = composition;
        durations[to] = duration;
        keys[to] = (flags & NON_SYNC) === 0 ? 1 : 0;
        dts += duration;
        offset += size;
      }
    }
    this.length = to;
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

  private makeRoom(wanted: number, share: number | undefined): void {
    if (wanted <= this.sizes.length) return;
    if (share === undefined) this.reserve(wanted);
    else if (this.length === 0) this.reserve(Math.max(FEWEST, wanted));
    else this.reserve(Math.ceil(Math.max(wanted * 1.5, Math.min((wanted / share) * SPARE, MOST_AT_ONCE))));
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
