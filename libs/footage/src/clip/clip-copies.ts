/**
 * Which bytes of the footage follow each other in a clip. An hour has 7,200 stretches, so they are kept by columns. As
 * objects, those of each clip would live long enough to cost a collection of all memory.
 */
import type { Segment } from '../files/catalogue';

/** Some bytes of a clip, and where they lie in the footage. */
export interface Copy {
  source: Segment;
  /** In the source. */
  offset: number;
  sizeBytes: number;
  /** In the clip. */
  at: number;
}

export class ClipCopies {
  length = 0;
  /** Place of the first byte of media in the clip. */
  private headBytes = 0;
  private sourceIndexes: Uint16Array;
  private offsets: Float64Array;
  /** Where each ends, counted from the first byte of media. It begins where the one before ends. */
  private ends: Float64Array;

  /** `room`: about how many there will be. */
  constructor(
    private readonly sources: readonly Segment[],
    room: number,
  ) {
    this.sourceIndexes = new Uint16Array(room);
    this.offsets = new Float64Array(room);
    this.ends = new Float64Array(room);
  }

  get mediaBytes(): number {
    return this.endOf(this.length - 1);
  }

  /** What it takes of memory. */
  get heldBytes(): number {
    return this.offsets.byteLength + this.ends.byteLength + this.sourceIndexes.byteLength;
  }

  /** The next bytes of the clip. They join the copy before them where they follow it in the same source too. */
  add(source: number, offset: number, sizeBytes: number): void {
    const last = this.length - 1;
    const end = this.mediaBytes;
    if (last >= 0 && this.sourceIndexes[last] === source) {
      const lastSize = end - this.endOf(last - 1);
      if ((this.offsets[last] ?? NaN) + lastSize === offset) {
        this.ends[last] = end + sizeBytes;
        return;
      }
    }
    if (this.length === this.offsets.length) this.resize(Math.max(16, this.length * 2));
    this.sourceIndexes[this.length] = source;
    this.offsets[this.length] = offset;
    this.ends[this.length] = end + sizeBytes;
    this.length += 1;
  }

  get(i: number): Copy | undefined {
    const source = i < this.length ? this.sources[this.sourceIndexes[i] ?? -1] : undefined;
    if (!source) return undefined;
    const at = this.endOf(i - 1);
    return { source, offset: this.offsets[i] ?? NaN, sizeBytes: this.endOf(i) - at, at: this.headBytes + at };
  }

  /** The segments from which at least one copy comes. */
  usedSources(): Segment[] {
    const used = new Set(this.sourceIndexes.subarray(0, this.length));
    return this.sources.filter((_, i) => used.has(i));
  }

  /** The place of the copy that holds this byte of the clip, or else of the first one behind it. */
  find(byte: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.headBytes + this.endOf(middle) <= byte) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** They stand behind a head of this size, and more will not come: the room for more is given back. */
  finish(headBytes: number): void {
    this.headBytes = headBytes;
    this.resize(this.length);
  }

  private resize(room: number): void {
    const { length, sourceIndexes, offsets, ends } = this;
    this.sourceIndexes = new Uint16Array(room);
    this.offsets = new Float64Array(room);
    this.ends = new Float64Array(room);
    this.sourceIndexes.set(sourceIndexes.subarray(0, length));
    this.offsets.set(offsets.subarray(0, length));
    this.ends.set(ends.subarray(0, length));
  }

  private endOf(i: number): number {
    return i < 0 ? 0 : (this.ends[i] ?? 0);
  }
}
