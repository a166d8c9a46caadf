import { basename } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { OutsideRootError, readSmallFile, RECORD_FILE_BYTES } from '@vr/base';
import { clipRecord, objectKey, parseClipId, type ClipReady, type ClipRecord } from '@vr/contracts';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { mediaPath } from '../objects/media-path';
import { daysOf, type ShelfEntry, type ShelfRange } from './day-folders';

/** A clip as in `clip.ready`, with links made now, and paths for our own page that work wherever the page does. */
export interface ClipView extends ClipReady {
  media_path: string;
  thumbnail_path: string;
}

const IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['uploaded', 'announced']);

/** The clips that are in the store, as their records beside them on disk tell. */
@Injectable()
export class ClipShelf {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CLIPS_DIR'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'url' | 'keyOf'>,
  ) {}

  /** Newest event first. */
  async newest({ limit, ...range }: ShelfRange & { limit: number }): Promise<ClipView[]> {
    const { beforeMs = Infinity, sinceMs = -Infinity } = range;
    const found: ClipReady[] = [];
    for await (const day of daysOf(this.config.CLIPS_DIR, '.json', range)) {
      for (const entry of day.sort((a, b) => instantMs(b) - instantMs(a))) {
        if (found.length >= limit) break;
        const ready = await this.ready(entry);
        const atMs = (ready?.timestamp ?? NaN) * 1000;
        if (ready && atMs < beforeMs && atMs >= sinceMs) found.push(ready);
      }
      if (found.length >= limit) break;
    }
    return Promise.all(found.map((ready) => this.view(ready)));
  }

  private async view(ready: ClipReady): Promise<ClipView> {
    const thumbnailKey = ready.key.replace(/\.mp4$/, '.jpg');
    const [url, thumbnailUrl] = await Promise.all([
      this.store.url(ready.bucket, ready.key),
      this.store.url(ready.bucket, thumbnailKey),
    ]);
    return {
      ...ready,
      key: objectKey.parse(this.store.keyOf(ready.key)),
      url,
      thumbnail_url: thumbnailUrl,
      media_path: mediaPath('clips', ready.key),
      thumbnail_path: mediaPath('clips', thumbnailKey),
    };
  }

  private async ready({ path, fileName }: ShelfEntry): Promise<ClipReady | undefined> {
    try {
      const record = clipRecord.safeParse(JSON.parse((await readSmallFile(path, RECORD_FILE_BYTES)) ?? ''));
      const isItsOwn = record.data !== undefined && `${record.data.job.clipId}.json` === fileName;
      return isItsOwn && IN_STORE.has(record.data.state) ? record.data.ready : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof OutsideRootError) return undefined;
      throw error;
    }
  }
}

/**
 * `event_cam_1_1732723200.123.json`, `clip_cam_1_1732723200.000_1732723230.000.json`: the first instant in the name.
 */
function instantMs({ fileName }: ShelfEntry): number {
  return parseClipId(basename(fileName, '.json'))?.startMs ?? 0;
}
