/**
 * Rows of many shelves in the order of their starts. Shelves are sorted, so they are merged as they are asked for, not
 * sorted again.
 */
import { at, type FootageShelf, type SegmentRow } from './shelf';

/** Rows of a shelf in their order; all of them where `rows` is absent. */
export interface Picked {
  shelf: FootageShelf;
  rows?: readonly number[];
}

/** What is still to come of a shelf. */
interface Head {
  picked: Picked;
  taken: number;
  startMs: number;
}

/** Only as many days are looked at as are asked for. */
export function* inOrder(all: readonly Picked[]): Generator<SegmentRow> {
  const byDay = new Map<string, Picked[]>();
  for (const picked of all) {
    const known = byDay.get(picked.shelf.day);
    if (known) known.push(picked);
    else byDay.set(picked.shelf.day, [picked]);
  }
  // A segment lies in the day of its start, so the days follow each other.
  for (const day of [...byDay.keys()].sort()) yield* merged(byDay.get(day) ?? []);
}

/** A heap: above each head stands none that starts later. */
function* merged(ofDay: readonly Picked[]): Generator<SegmentRow> {
  const heap = ofDay
    .map((picked): Head => ({ picked, taken: 0, startMs: startOf(picked, 0) }))
    .sort((a, b) => a.startMs - b.startMs);
  for (let first = heap[0]; first && first.startMs < Infinity; first = heap[0]) {
    yield { shelf: first.picked.shelf, row: rowOf(first.picked, first.taken) ?? 0 };
    first.taken += 1;
    first.startMs = startOf(first.picked, first.taken);
    sink(heap, first);
  }
}

/** The one on top has changed: it goes down to where it belongs. */
function sink(heap: Head[], moved: Head): void {
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    if ((heap[below + 1]?.startMs ?? Infinity) < (heap[below]?.startMs ?? Infinity)) below += 1;
    const head = heap[below];
    if (!head || head.startMs >= moved.startMs) break;
    heap[place] = head;
    place = below;
  }
  heap[place] = moved;
}

function startOf(picked: Picked, index: number): number {
  const row = rowOf(picked, index);
  return row === undefined ? Infinity : at(picked.shelf.startMs, row);
}

function rowOf({ shelf, rows }: Picked, index: number): number | undefined {
  if (rows) return rows[index];
  return index < shelf.startMs.length ? index : undefined;
}
