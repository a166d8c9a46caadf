import { Inject, Injectable } from '@nestjs/common';
import { Limiter, toSeconds, type Clock, PostponedError } from '@vr/base';
import {
  clipKey,
  ContractError,
  objectKey,
  SUBJECTS,
  type ClipFailed,
  type ClipJob,
  type ClipReady,
  type ClipRecord,
} from '@vr/contracts';
import { ClipFolder, Doors } from '@vr/library';
import { Publisher } from '@vr/messaging';
import { hashFile, OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CLOCK, tidily } from '@vr/service';
import { ClipLedger } from './clip-ledger';

/** An upload does not wait behind so many others, because clips that can be cut need its job's place. */
const WAITING_LIMIT = 8;
const BUSY_MS = 3000;
const LARGE_BYTES = 32_000_000;
interface FileFacts {
  sha256: string;
  sizeBytes: number;
}
type ErrorBody = Pick<ClipFailed, 'code' | 'message'>;

/** Stores a cut clip and sends its messages. A server that is away puts it off; only a fault of its own fails it. */
@Injectable()
export class ClipDelivery {
  /** One after the other, because each keeps parts of its file in memory. */
  private readonly largeUploads = new Limiter(1);
  private readonly doors: Doors;

  constructor(
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'path' | 'holdsFiles'>,
    @Inject(ClipLedger) private readonly ledger: Pick<ClipLedger, 'events'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'putFile' | 'stat' | 'url' | 'keyOf'>,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
    @Inject(CLOCK) clock: Clock,
  ) {
    const isStoreAway = (error: unknown): boolean =>
      error instanceof ContractError && error.code === 'storage_unavailable';
    this.doors = new Doors(
      {
        store: { name: 'the object store', isAway: isStoreAway },
        announcer: { name: 'NATS', isAway: (error) => !isTooLarge(error) },
      },
      clock,
    );
  }

  /**
   * Resolves when the store holds exactly the clip and its thumbnail. `isNew`: it was cut just now, so the store cannot
   * hold it yet.
   */
  async upload(
    { job }: ClipRecord,
    ready: ClipReady,
    { isNew, signal }: { isNew: boolean; signal: AbortSignal },
  ): Promise<void> {
    if (this.doors.uploadsWaiting >= WAITING_LIMIT)
      throw new PostponedError(`${WAITING_LIMIT} uploads wait already`, BUSY_MS);
    await this.doors.store(async () => {
      signal.throwIfAborted();
      const [clip, thumbnail] = [await this.folder.path(job, 'mp4'), await this.folder.path(job, 'jpg')];
      const { sha256, size_bytes: sizeBytes } = ready;
      const thumbnailFacts = await hashFile(thumbnail);
      const put = async (path: string, key: string, contentType: string, file: FileFacts): Promise<void> => {
        const stored = isNew ? undefined : await this.store.stat(ready.bucket, key);
        if (stored?.sha256 === file.sha256 && stored.sizeBytes === file.sizeBytes) return;
        const metadata = { ...metadataOf(job, ready), sha256: file.sha256 };
        await this.store.putFile(ready.bucket, key, path, { contentType, ...file, metadata }, signal);
      };
      const putBoth = (): Promise<unknown> =>
        Promise.all([
          put(thumbnail, clipKey(job, 'jpg'), 'image/jpeg', thumbnailFacts),
          put(clip, ready.key, 'video/mp4', { sha256, sizeBytes }),
        ]);
      await (ready.size_bytes > LARGE_BYTES ? this.largeUploads.run(() => tidily(putBoth)) : putBoth());
    });
  }

  /**
   * Sends `clip.ready` for every event of the clip that is not in `told`, and adds it there. Resolves with the message
   * of the clip's own event, with the key as its record has it.
   */
  async announce(record: ClipRecord, held: ClipReady, told: Set<string>): Promise<ClipReady> {
    const whole = await this.withLinks(record, held);
    const waiting = (await this.ledger.events(record)).filter(({ identity }) => !told.has(identity));
    await this.doors.announce(async () => {
      for (const job of waiting) await this.sayReady(readyFor(job, whole));
    });
    for (const { identity } of waiting) told.add(identity);
    // With the gaps of the whole clip, because another request may want another part of it.
    return { ...readyFor(record.job, whole), partial: held.partial, gaps: held.gaps, key: held.key };
  }

  /** Whether an announced clip can still be had. Where the store cannot be asked, this disk answers. */
  async holds(record: ClipRecord): Promise<boolean> {
    const { ready } = record;
    if (!ready) return false;
    try {
      const stored = await this.store.stat(ready.bucket, ready.key);
      return stored?.sha256 === ready.sha256 && stored.sizeBytes === ready.size_bytes;
    } catch {
      return this.folder.holdsFiles(record);
    }
  }

  /** Sends the `clip.ready` of an announced clip for one more request. */
  async announceAgain(record: ClipRecord, job: ClipJob): Promise<void> {
    if (record.ready) await this.sayReady(readyFor(job, await this.withLinks(record, record.ready)));
  }

  /** Sends `clip.failed` for every event of the clip that is not in `told`, and adds it there. */
  async announceFailure(record: ClipRecord, body: ErrorBody, told: Set<string>): Promise<void> {
    for (const { identity, eventId, cameraId, timestampMs } of await this.ledger.events(record)) {
      if (told.has(identity)) continue;
      const failed: ClipFailed = { event_id: eventId, camera_id: cameraId, ...body, timestamp: toSeconds(timestampMs) };
      await this.publisher.publish(SUBJECTS.clipFailed, failed);
      told.add(identity);
    }
  }

  /**
   * The clip as it is announced. Links are made for each message, because they expire. The key is as it stands in the
   * bucket.
   */
  private async withLinks({ job }: ClipRecord, held: ClipReady): Promise<ClipReady> {
    const [url, thumbnailUrl] = await Promise.all([
      this.store.url(held.bucket, held.key),
      this.store.url(held.bucket, clipKey(job, 'jpg')),
    ]);
    return { ...held, key: objectKey.parse(this.store.keyOf(held.key)), url, thumbnail_url: thumbnailUrl };
  }

  /** Where the server refuses the event's fields as too large, the message goes without them. */
  private async sayReady(message: ClipReady): Promise<void> {
    try {
      await this.publisher.publish(SUBJECTS.clipReady, message);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      await this.publisher.publish(SUBJECTS.clipReady, { ...message, source: {}, source_truncated: true });
    }
  }
}

function metadataOf(job: ClipJob, ready: ClipReady): Record<string, string> {
  return {
    camera: job.cameraId,
    start: String(ready.start),
    end: String(ready.end),
    'event-id': job.eventId,
    'event-type': job.eventType,
  };
}

/**
 * The clip as the answer to one of its events. What was asked for, and what of that is missing, are the event's own.
 */
function readyFor(job: ClipJob, clip: ClipReady): ClipReady {
  const [start, end] = [toSeconds(job.startMs), toSeconds(job.endMs)];
  const gaps = clip.gaps.filter((gap) => gap.start < end && gap.end > start);
  return {
    ...clip,
    event_id: job.eventId,
    event_type: job.eventType,
    timestamp: toSeconds(job.timestampMs),
    requested_start: start,
    requested_end: end,
    partial: gaps.length > 0,
    gaps,
    ...(job.clampedByMs !== undefined && { clock_ahead_seconds: toSeconds(job.clampedByMs) }),
    ...(job.timestampAssumed && { timestamp_assumed: true as const }),
    source: job.source,
    ...(job.sourceTruncated && { source_truncated: true as const }),
  };
}

/** The NATS client's own words for a message beyond the server's max_payload. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /max_payload|payload size/i.test(error.message);
}
