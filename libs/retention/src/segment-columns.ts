/**
 * The closed segments of a folder while it is read, as they come. One for all folders: a first look goes through a
 * million segments, and objects for them would be made, moved and collected for longer than the disk is asked.
 */
import { at, type FootageShelf } from './shelf';

/**
 * A day has less than 2^27 ms, so a start in it and a row below this fit in one number that holds whole ones exactly.
 */
const ROWS = 2 ** 26;

export class SegmentColumns {
  private startMs: Float64Array = new Float64Array(2048);
  private endMs: Float64Array = new Float64Array(2048);
  private sizeBytes: Float64Array = new Float64Array(2048);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  add(startMs: number, endMs: number, sizeBytes: number): void {
    if (this.length === this.startMs.length) this.grow();
    this.startMs[this.length] = startMs;
    this.endMs[this.length] = endMs;
    this.sizeBytes[this.length] = sizeBytes;
    this.length += 1;
  }

  /** By start. All of them start within the day that begins at `dayMs`. */
  sorted(dayMs: number): Pick<FootageShelf, 'startMs' | 'endMs' | 'sizeBytes'> {
    // A folder's names come in no order. Start and row as one number: these sort without a function being called for
    // each pair.
    const order = new Float64Array(this.length);
    for (let row = 0; row < this.length; row++) order[row] = (at(this.startMs, row) - dayMs) * ROWS + row;
    order.sort();
    const column = (of: Float64Array): Float64Array => order.map((key) => at(of, key % ROWS));
    return { startMs: column(this.startMs), endMs: column(this.endMs), sizeBytes: column(this.sizeBytes) };
  }

  private grow(): void {
    const grown = (column: Float64Array): Float64Array => {
      const larger = new Float64Array(column.length * 2);
      larger.set(column);
      return larger;
    };
    this.startMs = grown(this.startMs);
    this.endMs = grown(this.endMs);
    this.sizeBytes = grown(this.sizeBytes);
  }
}

/** The size of this very segment, where the shelf has it. */
export function sizeOn(
  { startMs, endMs, sizeBytes }: Pick<FootageShelf, 'startMs' | 'endMs' | 'sizeBytes'>,
  fromMs: number,
  untilMs: number,
): number | undefined {
  let low = 0;
  for (let high = startMs.length; low < high;) {
    const middle = (low + high) >> 1;
    if (at(startMs, middle) < fromMs) low = middle + 1;
    else high = middle;
  }
  // A repaired clock may have had two begin at the same time.
  for (let row = low; startMs[row] === fromMs; row++) if (endMs[row] === untilMs) return sizeBytes[row];
  return undefined;
}
