import { Inject, Injectable } from '@nestjs/common';
import { objectKey, type ClipReady, type ClipRecord, type ClipView } from '@vr/contracts';
import { clipRecordOf, newestEntries, readRecord, type LibraryRange, type StoredEntry } from '@vr/library';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { mediaPath } from '../objects/media-path';

const IN_STORE: ReadonlySet<ClipRecord['state']> = new Set(['uploaded', 'announced']);

/** The clips that are in the store, by their records on disk. */
@Injectable()
export class StoredClips {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CLIPS_DIR'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'url' | 'keyOf'>,
  ) {}

  /** Newest event first. */
  async newest({ limit, ...range }: LibraryRange & { limit: number }): Promise<ClipView[]> {
    const { beforeMs = Infinity, sinceMs = -Infinity } = range;
    const found: ClipReady[] = [];
    for await (const day of newestEntries(this.config.CLIPS_DIR, 'clip', 'json', range)) {
      for (const entry of day.sort((a, b) => b.timestampMs - a.timestampMs)) {
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

  private async ready({ path, id }: StoredEntry): Promise<ClipReady | undefined> {
    const record = await readRecord(path, clipRecordOf(id));
    return record && IN_STORE.has(record.state) ? record.ready : undefined;
  }
}
