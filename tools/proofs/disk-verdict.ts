// What came of the small disk: whether it was full, what was deleted, and what is left.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSegmentName } from '@vr/footage';
import { z } from 'zod';
import type { SmallDisk } from './disk';

/** Fragments are a second long; a camera that is silent for longer than this has stopped. */
const MOST_SILENT_MS = 5000;
const MOST_GAP_MS = 20;
const AuditLine = z.looseObject({ action: z.string(), kind: z.string().optional() });
const Deletion = z.looseObject({ start: z.number(), what: z.string() });

export interface DiskWatch {
  totalBytes: number;
  highBytes: number;
  mostBytes: number;
  largestSegmentBytes: number;
  /** the longest silence of a camera */
  silentMs: number;
  /** undefined: never */
  fullAfterMs: number | undefined;
  /** sentences on cameras that were not recording */
  lost: Set<string>;
  hasReconnected: boolean;
}

interface FoundSegment {
  path: string;
  startMs: number;
  /** undefined: still open */
  endMs: number | undefined;
}

/** Segments by camera, in their order. */
export function segmentsIn(recordings: string): Map<string, FoundSegment[]> {
  const cameras = readdirSync(recordings, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  return new Map(
    cameras.map(({ name }) => [
      name,
      readdirSync(join(recordings, name), { recursive: true, encoding: 'utf8' })
        .sort()
        .flatMap((path) => foundSegment(join(recordings, name, path))),
    ]),
  );
}

function foundSegment(path: string): FoundSegment[] {
  const name = parseSegmentName(basename(path));
  if (!name) return [];
  const { startMs, durationMs } = name;
  return [{ path, startMs, endMs: durationMs === undefined ? undefined : startMs + durationMs }];
}

/** Prints the figures. @returns what was wrong */
export function faultsOf(
  given: SmallDisk,
  watched: DiskWatch,
  { recordings, audit }: { recordings: string; audit: string },
): string[] {
  const { totalBytes, highBytes, mostBytes, largestSegmentBytes, silentMs, fullAfterMs } = watched;
  const overBytes = mostBytes - highBytes;
  const gone = deletionsIn(audit);
  const faults = [...watched.lost];
  if (fullAfterMs === undefined)
    faults.push(
      `the disk was never full (${mb(mostBytes, 1)} of ${mb(totalBytes, 1)} MB), so nothing was tested. ` +
        'Give it more time or less room.',
    );
  if (gone.length === 0) faults.push('nothing was deleted');
  if (overBytes > largestSegmentBytes)
    faults.push(
      `the disk passed its high mark by ${mb(overBytes)} MB, more than one segment (${mb(largestSegmentBytes)} MB)`,
    );
  if (silentMs > MOST_SILENT_MS) faults.push(`a camera was silent for ${Math.round(silentMs)} ms`);
  if (watched.hasReconnected) faults.push('the recorder lost its connection to a camera');
  faults.push(...orderFaults(gone, segmentsIn(recordings)));
  console.log(
    `${given.cameras} cameras ${given.size}, segments of ${given.segmentSeconds} s (the largest ` +
      `${mb(largestSegmentBytes)} MB), disk of ${mb(totalBytes, 1)} MB, ${given.seconds} s`,
  );
  console.log(
    `full after ${fullAfterMs === undefined ? 'never' : `${Math.round(fullAfterMs / 1000)} s`}; ` +
      `most used ${mb(mostBytes)} MB, ${mb(overBytes)} MB over the high mark; ` +
      `${gone.length} segments deleted, oldest first; longest silence of a camera ${Math.round(silentMs)} ms`,
  );
  return faults;
}

type Deletion = z.infer<typeof Deletion>;

/** What the audit says of deleted footage, in its order. */
function deletionsIn(audit: string): Deletion[] {
  return readdirSync(audit)
    .sort()
    .flatMap((name) => readFileSync(join(audit, name), 'utf8').trim().split('\n'))
    .map((line): unknown => JSON.parse(line))
    .flatMap((line) => {
      const { action, kind } = AuditLine.parse(line);
      return action === 'delete' && kind === 'footage' ? [Deletion.parse(line)] : [];
    });
}

/** Whether the oldest went first, over all cameras, and what is left is whole. */
function orderFaults(gone: readonly Deletion[], left: ReadonlyMap<string, FoundSegment[]>): string[] {
  const faults: string[] = [];
  gone.forEach(({ start, what }, i) => {
    const before = gone[i - 1];
    if (before && start < before.start) faults.push(`${what} went after younger footage`);
  });
  const newestGoneMs = Math.max(...gone.map(({ start }) => start * 1000));
  for (const [camera, segments] of left) {
    if (segments.some(({ startMs }) => startMs < newestGoneMs))
      faults.push(`${camera} still has footage older than what was deleted`);
    segments.forEach(({ startMs, path }, i) => {
      const endMs = segments[i - 1]?.endMs;
      if (endMs !== undefined && Math.abs(startMs - endMs) > MOST_GAP_MS)
        faults.push(`${camera} has a gap of ${startMs - endMs} ms before ${path}`);
    });
  }
  return faults;
}

function mb(bytes: number, digits = 2): string {
  return (bytes / 1e6).toFixed(digits);
}
