/** The footage of one camera and UTC day, by columns: a million segments take 24 MB this way, and 200 MB as objects. */
import { largestOf, smallestOf } from '@vr/base';
export interface FootageShelf {
  cameraId: string;
  /** `2026-11-23` */
  day: string;
  /** Closed segments, sorted by start. The three columns belong together. */
  startMs: Float64Array;
  endMs: Float64Array;
  sizeBytes: Float64Array;
  /** Being written. */
  open: OpenSegment[];
  /** gaps.jsonl, which goes with the last segment of its day. */
  notes?: { sizeBytes: number; modifiedMs: number };
  /** Names in the folder, ours or not: a folder with none may go. */
  names: number;
}

export interface OpenSegment {
  startMs: number;
  sizeBytes: number;
}

/** A closed segment: its shelf and its row there. */
export interface SegmentRow {
  shelf: FootageShelf;
  row: number;
}

export function shelfBytes({ sizeBytes, open }: FootageShelf): number {
  let bytes = 0;
  for (const size of sizeBytes) bytes += size;
  for (const segment of open) bytes += segment.sizeBytes;
  return bytes;
}

/** The start of the oldest segment. */
export function shelfStartMs({ startMs, open }: FootageShelf): number {
  return smallestOf([startMs[0] ?? Infinity, ...open.map((segment) => segment.startMs)]);
}

/** Where the newest footage is known to reach. */
export function shelfEndMs({ endMs, open }: FootageShelf): number {
  return Math.max(largestOf(endMs), largestOf(open.map((segment) => segment.startMs)));
}

/** A row that the shelf has. */
export function at(column: Float64Array, row: number): number {
  const value = column[row];
  if (value === undefined) throw new RangeError(`a shelf of ${column.length} segments was asked for row ${row}`);
  return value;
}
