import { Inject, Injectable } from '@nestjs/common';
import { OutsideRootError, readSmallFile, RECORD_FILE_BYTES, toSeconds } from '@vr/base';
import { snapshotReady, type SnapshotReady } from '@vr/contracts';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { mediaPath } from '../objects/media-path';
import { daysOf, type ShelfEntry, type ShelfRange } from './day-folders';

/** A snapshot as in `snapshot.ready` as far as it is known, with a link made now and a path for our own page. */
export interface SnapshotView extends Partial<Omit<SnapshotReady, 'camera_id' | 'key'>> {
  camera_id: string;
  timestamp: number;
  url: string;
  bucket: string;
  key: string;
  media_path: string;
}

/** The snapshots on disk; what the file beside one tells of it, else what its name does. */
@Injectable()
export class SnapshotShelf {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'SNAPSHOTS_DIR' | 'SNAPSHOTS_BUCKET'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'url' | 'keyOf'>,
  ) {}

  /** Newest picture first. */
  async newest({ limit, ...range }: ShelfRange & { limit: number }): Promise<SnapshotView[]> {
    const { beforeMs = Infinity, sinceMs = -Infinity } = range;
    let found: { entry: ShelfEntry; atMs: number }[] = [];
    for await (const day of daysOf(this.config.SNAPSHOTS_DIR, '.jpg', range)) {
      const ofDay = day
        .map((entry) => ({ entry, atMs: instantMs(entry.fileName) }))
        .filter(({ atMs }) => atMs < beforeMs && atMs >= sinceMs)
        .sort((a, b) => b.atMs - a.atMs);
      found = found.concat(ofDay);
      if (found.length >= limit) break;
    }
    return Promise.all(found.slice(0, limit).map(({ entry, atMs }) => this.view(entry, atMs)));
  }

  private async view(entry: ShelfEntry, atMs: number): Promise<SnapshotView> {
    const { key } = entry;
    const bucket = this.config.SNAPSHOTS_BUCKET;
    const [url, told] = await Promise.all([this.store.url(bucket, key), tells(entry.path.replace(/\.jpg$/, '.json'))]);
    return {
      timestamp: toSeconds(atMs),
      ...told,
      camera_id: entry.cameraId,
      bucket,
      key: this.store.keyOf(key),
      url,
      media_path: mediaPath('snapshots', key),
    };
  }
}

/** The instant in `{camera}_{ISO time}.jpg`, with or without its colons and hyphens; NaN where there is none. */
export function instantMs(fileName: string): number {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /_(\d{4})-?(\d{2})-?(\d{2})[T_](\d{2})[:-]?(\d{2})[:-]?(\d{2})(?:[.,-]?(\d{1,3}))?Z/.exec(fileName) ?? [];
  if (year === undefined) return NaN;
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0')),
  );
}

async function tells(path: string): Promise<Partial<SnapshotReady>> {
  try {
    const read = snapshotReady.partial().safeParse(JSON.parse((await readSmallFile(path, RECORD_FILE_BYTES)) ?? ''));
    return read.success ? read.data : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof OutsideRootError) return {};
    throw error;
  }
}
