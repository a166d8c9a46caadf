/** The footage of one camera and UTC day, as retention sees it: times and sizes, no paths. */
import { largestOf, smallestOf } from '@vr/base';
import type { DaySegments } from './day-segments';
import { sum } from './sum';

export interface FootageDay {
  cameraId: string;
  /** `2026-11-23` */
  day: string;
  closed: DaySegments;
  /** The segments that are being written. */
  open: OpenSegment[];
  /** gaps.jsonl. It goes with the last segment of its day. */
  notes?: { sizeBytes: number; modifiedMs: number };
  /** How many names the folder holds, ours or not. An empty folder may go. */
  names: number;
}

export interface OpenSegment {
  startMs: number;
  sizeBytes: number;
}

/** A closed segment, for code that decides about it. */
export interface StoredSegment {
  day: FootageDay;
  /** Its place among the closed segments of its day. */
  row: number;
  cameraId: string;
  startMs: number;
  endMs: number;
  sizeBytes: number;
}

export function footageBytes({ closed, open }: FootageDay): number {
  return closed.sizeBytes + sum(open.map(({ sizeBytes }) => sizeBytes));
}

/** The start of the oldest segment. */
export function footageStartMs({ closed, open }: FootageDay): number {
  return smallestOf([closed.startMs, ...open.map(({ startMs }) => startMs)]);
}

/** How far the newest footage is known to reach. */
export function footageEndMs({ closed, open }: FootageDay): number {
  return Math.max(closed.endMs, largestOf(open.map(({ startMs }) => startMs)));
}

/** The closed segments of a day, by their starts. */
export function segmentsOf(day: FootageDay): StoredSegment[] {
  const { cameraId } = day;
  return day.closed.toArray().map((segment, row) => ({ day, row, cameraId, ...segment }));
}

/**
 * The closed segments of all these days, by their starts. They become objects one UTC day at a time, as the caller asks
 * for them: a million objects at once would take 100 MB.
 */
export function* byStart(days: readonly FootageDay[]): Generator<StoredSegment> {
  const byDay = new Map<string, FootageDay[]>();
  for (const one of days) {
    const known = byDay.get(one.day);
    if (known) known.push(one);
    else byDay.set(one.day, [one]);
  }
  // A segment lies in the day of its start, so the days follow each other.
  for (const day of [...byDay.keys()].sort())
    yield* (byDay.get(day) ?? []).flatMap(segmentsOf).sort((a, b) => a.startMs - b.startMs);
}
