import { Inject, Injectable } from '@nestjs/common';
import { plainFile, toSeconds, type Clock } from '@vr/base';
import { clipIdParts, clipKey, clipWindow, type ClipRecord, type EventsAnswer, type EventView } from '@vr/contracts';
import { ClipFolder, clipRecordOf, newestEntries, readRecord, type LibraryRange, type StoredEntry } from '@vr/library';
import { CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { mediaPath } from '../objects/media-path';

/** So many records are read for one page at most. Where few are of the wanted type, a page is short, and not late. */
const MOST_READ = 2000;
const READ_AT_ONCE = 32;

export interface WantedEvents extends LibraryRange {
  limit: number;
  types?: ReadonlySet<string> | undefined;
}

type Progress = Pick<EventView, 'state' | 'percent'>;

/** Events by their records on disk: also those whose clip is not there yet, or never will be. */
@Injectable()
export class StoredEvents {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CLIPS_DIR'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'read' | 'path'>,
  ) {}

  /** The newest first. A page ends between two instants, so that the next one begins behind all of the last. */
  async newest({ limit, types, ...range }: WantedEvents): Promise<EventsAnswer> {
    const { beforeMs = Infinity, sinceMs = -Infinity } = range;
    const events: EventView[] = [];
    let read = 0;
    let lastMs: number | undefined;
    for await (const day of newestEntries(this.config.CLIPS_DIR, 'clip', 'json', range)) {
      const entries = day
        .filter(({ timestampMs }) => timestampMs < beforeMs && timestampMs >= sinceMs)
        .sort((a, b) => b.timestampMs - a.timestampMs);
      for (let from = 0; from < entries.length; from += READ_AT_ONCE) {
        const chunk = entries.slice(from, from + READ_AT_ONCE);
        const views = await Promise.all(chunk.map((entry) => this.view(entry)));
        for (const [at, { timestampMs }] of chunk.entries()) {
          const isFull = events.length >= limit || read >= MOST_READ;
          if (isFull && lastMs !== undefined && timestampMs !== lastMs)
            return { events, next_before: toSeconds(lastMs) };
          [lastMs, read] = [timestampMs, read + 1];
          const view = views[at];
          if (view && (types?.has(view.event_type) ?? true)) events.push(view);
        }
      }
    }
    return { events };
  }

  private async view({ path, id }: StoredEntry): Promise<EventView | undefined> {
    const record = await readRecord(path, clipRecordOf(id));
    if (!record) return undefined;
    if (record.mergedInto === undefined) return this.viewOf(record, record);
    // A request by hand that another clip answers is no event of its own: that clip is in the list.
    if (!clipIdParts(record.job.clipId).isEvent) return undefined;
    const shown = await this.folder.read({ clipId: record.mergedInto });
    return shown && this.viewOf(record, shown);
  }

  /** @param shown the record of the clip that shows the event */
  private async viewOf(record: ClipRecord, shown: ClipRecord): Promise<EventView> {
    const { job } = record;
    const { startMs, endMs } = clipWindow(record);
    const { ready, error } = shown;
    const progress = this.progressOf(shown);
    const isReady = progress.state === 'ready';
    return {
      event_id: job.eventId,
      clip_id: shown.job.clipId,
      camera_id: job.cameraId,
      event_type: job.eventType,
      at: toSeconds(job.timestampMs),
      start: toSeconds(startMs),
      end: toSeconds(endMs),
      ...progress,
      thumbnail_path: await this.thumbnailPath(shown, isReady),
      media_path: isReady ? mediaPath('clips', clipKey(shown.job, 'mp4')) : undefined,
      partial: ready?.partial,
      gaps: ready?.gaps,
      ...(progress.state === 'failed' && { code: error?.code, message: error?.message }),
    };
  }

  private progressOf(record: ClipRecord): Progress {
    const { startMs, endMs } = clipWindow(record);
    const overMs = this.clock.nowMs() - startMs;
    switch (record.state) {
      case 'cut':
        return { state: 'uploading' };
      case 'uploaded':
      case 'announced':
        return { state: 'ready' };
      case 'failed':
        return { state: 'failed' };
      default:
        if (overMs >= endMs - startMs) return { state: 'cutting' };
        return { state: 'waiting', percent: Math.max(0, Math.floor((100 * overMs) / (endMs - startMs))) };
    }
  }

  /** The clipper makes the picture some seconds after the moment, long before the clip. */
  private async thumbnailPath({ job }: ClipRecord, isReady: boolean): Promise<string | undefined> {
    if (isReady) return mediaPath('clips', clipKey(job, 'jpg'));
    const path = await this.folder.path(job, 'jpg').catch(() => undefined);
    return path !== undefined && plainFile(path) ? `/api/events/${job.clipId}/picture.jpg` : undefined;
  }
}
