/** All footage with its sizes, kept in memory. Closed segments never change, so each is asked for its size once. */
import { join } from 'node:path';
import type { Clock } from '@vr/contracts';
import { parseSegmentName, segmentPath } from '../names';
import { DayFolders, plainFile, type DayFolder } from './day-folders';
import type { FootageShelf, OpenSegment } from './shelf';

export const NOTES_FILE = 'gaps.jsonl';
const DAY_MS = 86_400_000;

export class FootageCatalogue {
  private readonly folders: DayFolders<FootageShelf>;

  constructor(
    private readonly recordingsDir: string,
    clock: Clock,
  ) {
    this.folders = new DayFolders(recordingsDir, clock, readShelf, (shelf) => this.measureOpen(shelf));
  }

  refresh(): Promise<FootageShelf[]> {
    return this.folders.refresh();
  }

  private measureOpen(shelf: FootageShelf): void {
    for (const segment of shelf.open) segment.sizeBytes = plainFile(segmentPath(this.recordingsDir, shelf.cameraId, segment.startMs))?.size ?? 0;
  }
}

interface Closed {
  startMs: number;
  endMs: number;
  sizeBytes: number;
}

function readShelf({ cameraId, day, path }: DayFolder, names: string[], before: FootageShelf | undefined): FootageShelf {
  const closed: Closed[] = [];
  const open: OpenSegment[] = [];
  const sizeOf = before && knownSizes(before);
  const dayMs = Date.parse(day);
  for (const fileName of names) {
    const name = parseSegmentName(fileName);
    if (name?.cameraId !== cameraId || name.startMs < dayMs || name.startMs >= dayMs + DAY_MS) continue;
    const { startMs, durationMs } = name;
    const endMs = durationMs === undefined ? undefined : startMs + durationMs;
    const sizeBytes = (endMs === undefined ? undefined : sizeOf?.get(keyOf(startMs, endMs))) ?? plainFile(`${path}/${fileName}`)?.size;
    if (sizeBytes === undefined) continue;
    if (endMs === undefined) open.push({ startMs, sizeBytes });
    else closed.push({ startMs, endMs, sizeBytes });
  }
  closed.sort((a, b) => a.startMs - b.startMs);
  const found = names.includes(NOTES_FILE) ? plainFile(join(path, NOTES_FILE)) : undefined;
  return {
    cameraId,
    day,
    startMs: Float64Array.from(closed, (segment) => segment.startMs),
    endMs: Float64Array.from(closed, (segment) => segment.endMs),
    sizeBytes: Float64Array.from(closed, (segment) => segment.sizeBytes),
    open,
    notes: found && { sizeBytes: found.size, modifiedMs: found.mtimeMs },
    names: names.length,
  };
}

function knownSizes({ startMs, endMs, sizeBytes }: FootageShelf): Map<string, number> {
  return new Map(Array.from(sizeBytes, (size, row) => [keyOf(startMs[row] ?? 0, endMs[row] ?? 0), size]));
}

function keyOf(startMs: number, endMs: number): string {
  return `${startMs} ${endMs}`;
}
