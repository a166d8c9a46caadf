/** All footage with its sizes, kept in memory. Closed segments never change, so each is asked for its size once. */
import { type Clock, DAY_MS, plainFile } from '@vr/base';
import { parseSegmentName, segmentPath } from '@vr/footage';
import { DayFolders, type DayFolder, type UnreadableFolder } from '@vr/library';
import { SegmentColumns, sizeOn } from './segment-columns';
import type { FootageShelf, OpenSegment } from './shelf';

export const NOTES_FILE = 'gaps.jsonl';

export class FootageCatalogue {
  private readonly folders: DayFolders<FootageShelf>;
  private readonly closed = new SegmentColumns();

  constructor(
    private readonly recordingsDir: string,
    clock: Clock,
  ) {
    this.folders = new DayFolders(
      recordingsDir,
      clock,
      (folder, names, before) => readShelf(folder, names, before, this.closed),
      (shelf) => this.measureOpen(shelf),
    );
  }

  /** Of the last refresh: their footage is not on its shelves. */
  get unreadable(): readonly UnreadableFolder[] {
    return this.folders.unreadable;
  }

  refresh(): Promise<FootageShelf[]> {
    return this.folders.refresh();
  }

  private measureOpen(shelf: FootageShelf): void {
    for (const segment of shelf.open)
      segment.sizeBytes = plainFile(segmentPath(this.recordingsDir, shelf.cameraId, segment.startMs))?.size ?? 0;
  }
}

function readShelf(
  { cameraId, day, path }: DayFolder,
  names: string[],
  before: FootageShelf | undefined,
  closed: SegmentColumns,
): FootageShelf {
  const open: OpenSegment[] = [];
  const dayMs = Date.parse(day);
  closed.clear();
  for (const fileName of names) {
    const name = parseSegmentName(fileName);
    if (name?.cameraId !== cameraId || name.startMs < dayMs || name.startMs >= dayMs + DAY_MS) continue;
    const { startMs, durationMs } = name;
    const endMs = durationMs === undefined ? undefined : startMs + durationMs;
    const sizeBytes =
      (before && endMs !== undefined ? sizeOn(before, startMs, endMs) : undefined) ??
      plainFile(`${path}/${fileName}`)?.size;
    if (sizeBytes === undefined) continue;
    if (endMs === undefined) open.push({ startMs, sizeBytes });
    else closed.add(startMs, endMs, sizeBytes);
  }
  const found = names.includes(NOTES_FILE) ? plainFile(`${path}/${NOTES_FILE}`) : undefined;
  return {
    ...{ cameraId, day, open },
    ...closed.sorted(dayMs),
    notes: found && { sizeBytes: found.size, modifiedMs: found.mtimeMs },
    names: names.length,
  };
}
