/** Keeps all footage with its sizes in memory. Closed segments never change, so each size is read once. */
import { type Clock, DAY_MS, plainFile } from '@vr/base';
import { isTrack } from '@vr/contracts';
import { GAPS_FILE, parseSegmentName, segmentPath } from '@vr/footage';
import { DayFolders, type DayFolder, type UnreadableFolder } from '@vr/library';
import { DaySegments, type TimedSize } from './day-segments';
import type { FootageDay, OpenSegment } from './footage-days';

export class FootageCatalogue {
  private readonly folders: DayFolders<FootageDay>;

  constructor(
    private readonly recordingsDir: string,
    clock: Clock,
  ) {
    this.folders = new DayFolders(
      recordingsDir,
      clock,
      (folder, names, before) => readDay(folder, names, before),
      (day) => this.measureOpen(day),
      isTrack,
    );
  }

  /** The folders that the last refresh could not read. Their footage is missing from its days. */
  get unreadable(): readonly UnreadableFolder[] {
    return this.folders.unreadable;
  }

  refresh(): Promise<FootageDay[]> {
    return this.folders.refresh();
  }

  private measureOpen({ cameraId, open }: FootageDay): void {
    for (const segment of open)
      segment.sizeBytes = plainFile(segmentPath(this.recordingsDir, cameraId, segment.startMs))?.size ?? 0;
  }
}

/** `before`: the same day as it was last read. Its closed segments have their sizes already. */
export function readDay(
  { cameraId, day, path }: DayFolder,
  names: string[],
  before: FootageDay | undefined,
  fileAt: (path: string) => { size: number; mtimeMs: number } | undefined = plainFile,
): FootageDay {
  const known = new Map(before?.closed.toArray().map((segment) => [keyOf(segment), segment.sizeBytes]));
  const open: OpenSegment[] = [];
  const closed: TimedSize[] = [];
  const dayMs = Date.parse(day);
  for (const fileName of names) {
    const name = parseSegmentName(fileName);
    if (name?.cameraId !== cameraId || name.startMs < dayMs || name.startMs >= dayMs + DAY_MS) continue;
    const { startMs, durationMs } = name;
    const endMs = durationMs === undefined ? undefined : startMs + durationMs;
    const knownBytes = endMs === undefined || !before ? undefined : known.get(keyOf({ startMs, endMs }));
    const sizeBytes = knownBytes ?? fileAt(`${path}/${fileName}`)?.size;
    if (sizeBytes === undefined) continue;
    if (endMs === undefined) open.push({ startMs, sizeBytes });
    else closed.push({ startMs, endMs, sizeBytes });
  }
  const notes = names.includes(GAPS_FILE) ? fileAt(`${path}/${GAPS_FILE}`) : undefined;
  return {
    ...{ cameraId, day, open, closed: new DaySegments(closed), names: names.length },
    notes: notes && { sizeBytes: notes.size, modifiedMs: notes.mtimeMs },
  };
}

/** A clock that was set right may give two segments one start. Their ends tell them apart. */
function keyOf({ startMs, endMs }: Pick<TimedSize, 'startMs' | 'endMs'>): string {
  return `${startMs} ${endMs}`;
}
