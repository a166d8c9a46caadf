import { writeFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Limiter, QueueFullError, toSeconds, type Clock, PostponedError } from '@vr/base';
import { clipKey, clipWindow, ContractError, type ClipJob, type ClipReady, type ClipRecord } from '@vr/contracts';
import { readRange, waitForFootage, type Gap, type Piece } from '@vr/footage';
import { ClipFolder } from '@vr/library';
import { type ClipTexts } from '@vr/mp4';
import { Pictures } from '@vr/pictures';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { makeClipFile, mayBeEncoded, unplayedCodecs, type ClipFile, type EncodingRules } from './clip-file-maker';
import { chooseFootage, mediaBytes, type ClipFootage } from './clip-footage';
import { ClipRoom } from './clip-room';

/** A camera whose footage does not grow for this long brings nothing more. */
const GRACE_MS = 12_000;
/** The recorder may be this far behind. A window that ended earlier is all there, or never will be. */
const LATE_GRACE_MS = 2_000;
/**
 * Each takes two threads for half a minute. Fewer than the cuts at once, so that copies always have a place.
 */
const ENCODED_AT_ONCE = 2;
const ENCODER_TURN_MS = 5000;
/** A thumbnail has at most this. */
const THUMBNAIL_BYTES = 100_000;
type CutterConfig = Pick<ClipperConfig, 'RECORDINGS_DIR' | 'CLIPS_BUCKET' | 'CLIP_MIXED'> & EncodingRules;
type NewPath = (ending: string) => Promise<string>;

/** A person reads these lines while the cut goes on. */
export interface CutRun {
  signal: AbortSignal;
  log(line: string): void;
}

/** Footage in, a finished .mp4 and .jpg in the clip's folder out. */
@Injectable()
export class ClipCutter {
  /** Camera and codec. */
  private readonly told = new Set<string>();
  private readonly encodings = new Limiter(ENCODED_AT_ONCE, 0);

  constructor(
    @Inject(CONFIG) private readonly config: CutterConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ClipFolder) private readonly folder: ClipFolder,
    @Inject(Pictures) private readonly pictures: Pick<Pictures, 'pictureAt'>,
    @Inject(ClipRoom) private readonly room: Pick<ClipRoom, 'take' | 'cut' | 'giveBack'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Resolves when the wanted footage is on disk, or when nothing more of it can come. */
  async awaitFootage(cameraId: string, endMs: number, signal: AbortSignal): Promise<'covered' | 'no_more'> {
    const sinceEndMs = Math.max(0, this.clock.nowMs() - endMs);
    return waitForFootage({
      recordingsDir: this.config.RECORDINGS_DIR,
      cameraId,
      untilMs: endMs,
      graceMs: Math.max(LATE_GRACE_MS, GRACE_MS - sinceEndMs),
      clock: this.clock,
      signal,
    });
  }

  /**
   * Cuts the clip and its thumbnail and gives them their names. Throws `no_footage` where there is none, NoRoomError
   * where its budget is full, PostponedError where it must be encoded and others are.
   * Resolves with the `clip.ready` of the clip's own event. Its two URLs are empty: they expire, so they are made when
   * it is announced. `gaps` are those of the whole window.
   */
  async cut(record: ClipRecord, run: CutRun): Promise<ClipReady> {
    const { job } = record;
    const { startMs, endMs } = clipWindow(record);
    const range = await readRange(this.config.RECORDINGS_DIR, job.cameraId, startMs, endMs);
    const momentMs = Math.min(Math.max(job.timestampMs, startMs), endMs);
    const footage = chooseFootage(range, momentMs, this.config.CLIP_MIXED);
    if (!footage) {
      const reasons = [...new Set(range.gaps.map(({ reason }) => reason))].join(', ');
      throw new ContractError('no_footage', `camera ${job.cameraId} has no footage of the wanted time (${reasons})`);
    }
    this.tellOfCodecs(job.cameraId, footage);
    const { pieces } = footage;
    return this.inItsTurn(footage, () =>
      this.inItsRoom(job, mediaBytes(footage) + THUMBNAIL_BYTES, () =>
        this.withTemporary(job, async (newPath) => {
          const texts = textsOf(record, Math.max(startMs, pieces[0]?.startMs ?? startMs));
          // Both run to their end, also where one fails, because their files are removed below.
          const thumbnail = (await this.folder.holds(job, 'jpg'))
            ? undefined
            : this.thumbnail(job, shownMoment(pieces, momentMs), newPath);
          const [clip, thumbnailPath] = await bothDone(
            makeClipFile(
              { footage, startMs, endMs, texts, newPath, signal: run.signal, log: (line) => run.log(line) },
              this.config,
            ),
            Promise.resolve(thumbnail),
          );
          await this.folder.keep(clip.path, job, 'mp4');
          if (thumbnailPath !== undefined) await this.folder.keep(thumbnailPath, job, 'jpg');
          return this.readyOf(record, clip.file, [...range.gaps, ...footage.leftOut]);
        }),
      ),
    );
  }

  /** A clip that must be encoded comes back later while others are: it would hold the place of copies. */
  private async inItsTurn(footage: ClipFootage, work: () => Promise<ClipReady>): Promise<ClipReady> {
    if (!mayBeEncoded(footage, this.config)) return work();
    try {
      return await this.encodings.run(work);
    } catch (error) {
      throw error instanceof QueueFullError
        ? new PostponedError('other clips are being encoded', ENCODER_TURN_MS)
        : error;
    }
  }

  /** Says it once for each camera, because its owner may set another codec and save the encoding. */
  private tellOfCodecs(camera: string, footage: ClipFootage): void {
    for (const codec of unplayedCodecs(footage)) {
      if (this.told.has(`${camera} ${codec}`)) continue;
      this.told.add(`${camera} ${codec}`);
      this.logger.warn(
        { camera, codec },
        'browsers do not play what the camera sends: its clips are encoded to H.264. ' +
          'Set the camera to H.264 or H.265 to save that',
      );
    }
  }

  private async inItsRoom(job: ClipJob, bytes: number, work: () => Promise<ClipReady>): Promise<ClipReady> {
    await this.room.take(job, bytes);
    try {
      const ready = await work();
      this.room.cut(job, ready.size_bytes);
      return ready;
    } catch (error) {
      this.room.giveBack(job);
      throw error;
    }
  }

  /** Makes the thumbnail once its moment is on disk. When the window is over, only the clip is left to do. */
  async cutThumbnailEarly({ job }: ClipRecord): Promise<void> {
    if (await this.folder.holds(job, 'jpg')) return;
    const { pieces } = await readRange(this.config.RECORDINGS_DIR, job.cameraId, job.timestampMs, job.timestampMs + 1);
    if (pieces.length !== 1) return;
    await this.withTemporary(job, async (newPath) =>
      this.folder.keep(await this.thumbnail(job, job.timestampMs, newPath), job, 'jpg'),
    );
  }

  private async withTemporary<T>(job: ClipJob, work: (newPath: NewPath) => Promise<T>): Promise<T> {
    const temporary: string[] = [];
    try {
      return await work(async (ending) => {
        const path = await this.folder.temporaryPath(job, ending);
        temporary.push(path);
        return path;
      });
    } finally {
      await Promise.all(temporary.map((path) => this.folder.discard(path)));
    }
  }

  private async thumbnail({ cameraId }: ClipJob, momentMs: number, newPath: NewPath): Promise<string> {
    // Without the job's signal: others share this work, and it ends by its own deadline.
    const picture = await this.pictures.pictureAt(cameraId, momentMs, 'small');
    if (!picture)
      throw new Error(
        `camera ${cameraId}: wanted the picture of ${new Date(momentMs).toISOString()}, ` +
          'and its footage is no longer there',
      );
    const path = await newPath('thumbnail.jpg');
    await writeFile(path, picture.jpeg);
    return path;
  }

  private readyOf({ job }: ClipRecord, file: ClipFile, gaps: Gap[]): ClipReady {
    return {
      clip_id: job.clipId,
      event_id: job.eventId,
      camera_id: job.cameraId,
      event_type: job.eventType,
      url: '',
      thumbnail_url: '',
      timestamp: toSeconds(job.timestampMs),
      start: toSeconds(file.startMs),
      end: toSeconds(file.endMs),
      duration: toSeconds(Math.round(file.endMs) - Math.round(file.startMs)),
      requested_start: toSeconds(job.startMs),
      requested_end: toSeconds(job.endMs),
      partial: gaps.length > 0,
      gaps: gaps
        .sort((a, b) => a.startMs - b.startMs)
        .map((gap) => ({ start: toSeconds(gap.startMs), end: toSeconds(gap.endMs), reason: gap.reason })),
      bucket: this.config.CLIPS_BUCKET,
      key: clipKey(job, 'mp4'),
      size_bytes: file.sizeBytes,
      sha256: file.sha256,
      codec: file.codec,
      width: file.width,
      height: file.height,
      ...(file.encoded && { encoded: file.encoded, streams: file.streams }),
      source: {},
    };
  }
}

/** The moment, or the nearest one that the footage holds. */
function shownMoment(pieces: readonly Piece[], momentMs: number): number {
  const piece = pieces.findLast(({ startMs }) => startMs <= momentMs) ?? pieces[0];
  return piece ? Math.max(piece.startMs, Math.min(momentMs, piece.endMs - 1)) : momentMs;
}

async function bothDone<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** What a player shows of the file itself. */
function textsOf({ job, members = [] }: ClipRecord, startMs: number): ClipTexts {
  const others = members.length > 0 ? ` and ${members.length} more` : '';
  return {
    title: `${job.cameraId} ${job.eventType}${others} ${new Date(startMs).toISOString()}`,
    artist: job.cameraId,
    comment: job.eventId,
  };
}
