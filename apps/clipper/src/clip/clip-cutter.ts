import { Inject, Injectable } from '@nestjs/common';
import { ContractError, toSeconds, type ClipJob, type ClipReady, type Clock } from '@vr/contracts';
import { assemble, compatibleRun, readRange, waitForFootage, type FootageRange, type Gap, type Piece } from '@vr/footage';
import { cutClip, extractJpeg, probe } from '@vr/media';
import { hashFile } from '@vr/objects';
import { CLOCK, CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipFolder } from './clip-folder.adapter';
import { clipKey } from './clip-name';

/** Without growth for this long, a camera is taken to bring nothing more. */
const GRACE_MS = 12_000;
/** A window that ended long ago is all there, or never will be; the recorder may be this far behind. */
const LATE_GRACE_MS = 2_000;
const THUMBNAIL_WIDTH_PX = 640;
/** A picture is asked for this long before the end at the latest, so that there is one. */
const LAST_PICTURE_MS = 100;

/** Footage in, a finished .mp4 and .jpg in the clip's folder out. */
@Injectable()
export class ClipCutter {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'RECORDINGS_DIR' | 'CLIPS_BUCKET'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ClipFolder) private readonly folder: ClipFolder,
  ) {}

  /** Resolves when the wanted footage is on disk, or when nothing more of it can come. */
  async awaitFootage({ cameraId, endMs }: ClipJob, signal: AbortSignal): Promise<'covered' | 'no_more'> {
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
   * Cuts the clip and its thumbnail and gives them their names. Throws `no_footage` where there is none.
   * The answer is the clip's `clip.ready` but for the two URLs, which expire and are therefore made when it is announced.
   */
  async cut(job: ClipJob, signal: AbortSignal): Promise<ClipReady> {
    const range = await readRange(this.config.RECORDINGS_DIR, job.cameraId, job.startMs, job.endMs);
    const aroundMs = Math.min(Math.max(job.timestampMs, job.startMs), job.endMs);
    const run = compatibleRun(range.pieces, aroundMs);
    if (run.length === 0) {
      const reasons = [...new Set(range.gaps.map(({ reason }) => reason))].join(', ');
      throw new ContractError('no_footage', `camera ${job.cameraId} has no footage of the wanted time (${reasons})`);
    }
    const assembledPath = await this.folder.temporaryPath(job, 'assembled.mp4');
    const clipPath = await this.folder.temporaryPath(job, 'clip.mp4');
    const thumbnailPath = await this.folder.temporaryPath(job, 'thumbnail.jpg');
    try {
      const footage = await assemble(run, assembledPath);
      const startMs = Math.max(job.startMs, footage.startMs);
      const wantedMs = Math.min(job.endMs, footage.endMs) - startMs;
      const metadata = metadataOf(job, startMs);
      const momentMs = Math.max(startMs, Math.min(aroundMs, footage.endMs - LAST_PICTURE_MS));
      const thumbnail = { sourcePath: assembledPath, targetPath: thumbnailPath, offsetMs: momentMs - footage.startMs, widthPx: THUMBNAIL_WIDTH_PX, signal };
      const cut = { sourcePath: assembledPath, targetPath: clipPath, offsetMs: startMs - footage.startMs, durationMs: wantedMs, metadata, signal };
      // Both to their end, also where one fails: their files are removed below.
      await allDone(cutClip(cut), extractJpeg(thumbnail));
      const [media, file] = await Promise.all([probe(clipPath), hashFile(clipPath)]);
      await this.folder.keep(clipPath, job, 'mp4');
      await this.folder.keep(thumbnailPath, job, 'jpg');
      const endMs = startMs + media.durationMs;
      const gaps = [...range.gaps, ...passedOver(range, run)].sort((a, b) => a.startMs - b.startMs);
      return {
        clip_id: job.clipId,
        event_id: job.eventId,
        camera_id: job.cameraId,
        event_type: job.eventType,
        url: '',
        thumbnail_url: '',
        timestamp: toSeconds(job.timestampMs),
        start: toSeconds(startMs),
        end: toSeconds(endMs),
        duration: toSeconds(endMs - startMs),
        requested_start: toSeconds(job.startMs),
        requested_end: toSeconds(job.endMs),
        partial: gaps.length > 0,
        gaps: gaps.map((gap) => ({ start: toSeconds(gap.startMs), end: toSeconds(gap.endMs), reason: gap.reason })),
        bucket: this.config.CLIPS_BUCKET,
        key: clipKey(job, 'mp4'),
        size_bytes: file.sizeBytes,
        sha256: file.sha256,
        codec: media.codec,
        width: media.width,
        height: media.height,
        source: job.source,
      };
    } finally {
      await Promise.all([assembledPath, clipPath, thumbnailPath].map((path) => this.folder.discard(path)));
    }
  }
}

async function allDone(...works: Promise<unknown>[]): Promise<void> {
  const failure = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}

/** What a player shows of the file itself. */
function metadataOf(job: ClipJob, startMs: number): Record<string, string> {
  const startTime = new Date(startMs).toISOString();
  return { title: `${job.cameraId} ${job.eventType} ${startTime}`, artist: job.cameraId, comment: job.eventId, creation_time: startTime };
}

/** Footage that is there, but with another init than the event's own: no one file can hold both without encoding anew. */
function passedOver({ pieces, startMs, endMs }: FootageRange, run: readonly Piece[]): Gap[] {
  return pieces
    .filter((piece) => !run.includes(piece))
    .map((piece) => ({ startMs: Math.max(startMs, piece.startMs), endMs: Math.min(endMs, piece.endMs), reason: 'stream_changed' as const }))
    .filter((gap) => gap.endMs > gap.startMs);
}
