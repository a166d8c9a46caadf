import { Inject, Injectable } from '@nestjs/common';
import {
  ContractError,
  SUBJECTS,
  toErrorBody,
  toSeconds,
  type ClipFailed,
  type ClipJob,
  type ClipReady,
  type ClipRecord,
  type Clock,
  type ErrorCode,
} from '@vr/contracts';
import { Publisher } from '@vr/messaging';
import { hashFile, OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CLOCK, LOGGER, Shutdown, type Logger } from '@vr/service';
import { ClipCutter } from './clip-cutter';
import { ClipFolder } from './clip-folder.adapter';
import { ClipMetrics } from './clip-metrics';
import { clipKey } from './clip-name';
import { Limiter } from './limiter';

/** Cuts (ffmpeg) and uploads at once, each: two cores, and a store that hangs must not hold up the cutting. */
const AT_ONCE = 2;
/** Trying again changes nothing about these. */
const PERMANENT: readonly ErrorCode[] = ['invalid_payload', 'unknown_camera', 'no_footage', 'footage_expired', 'too_long'];
type Phase = 'footage' | 'cut' | 'upload' | 'announce';

/** The job as the queue runs it: the signal that ends it, and what a person reads of it on the board, which may fail unseen. */
export interface ClipRun {
  signal: AbortSignal;
  log(line: string): void;
  progress(progress: { phase: Phase }): void;
}

/**
 * Makes a clip: await footage, cut, upload, verify, announce. Each phase that the record on disk says is done is skipped,
 * so a job may run any number of times, from any point at which an earlier run was killed.
 */
@Injectable()
export class ClipService {
  private readonly cuts = new Limiter(AT_ONCE);
  private readonly uploads = new Limiter(AT_ONCE);
  private readonly ending = new AbortController();

  constructor(
    @Inject(ClipFolder) private readonly folder: ClipFolder,
    @Inject(ClipCutter) private readonly cutter: Pick<ClipCutter, 'awaitFootage' | 'cut'>,
    @Inject(OBJECT_STORE) private readonly store: Pick<ObjectStore, 'putFile' | 'stat' | 'url'>,
    @Inject(Publisher) private readonly publisher: Pick<Publisher, 'publish'>,
    @Inject(ClipMetrics) private readonly metrics: ClipMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    // Waiting ends at once, and is taken up again after the restart; a cut or an upload is let finish.
    shutdown.register('intake', 'clips that wait for footage', () => this.ending.abort(new Error('the clipper is stopping')));
  }

  async make(job: ClipJob, run: ClipRun): Promise<void> {
    let record = await this.resume(job);
    if (record.state === 'claimed') record = await this.cut(record, run);
    if (record.state === 'cut') record = await this.upload(record, run);
    if (record.state === 'uploaded') await this.announce(record, run);
  }

  /**
   * After the last retry. The message goes first: if it cannot go, the record stays open and the outbox tries again.
   * A clip that is whole on disk is not given up because the store or NATS is away for hours: the outbox brings it back.
   */
  async giveUp(job: ClipJob, error: unknown): Promise<void> {
    const record = await this.folder.claim(job);
    if (record.state === 'announced') return;
    if ((record.state === 'cut' || record.state === 'uploaded') && !isPermanent(error)) {
      this.logger.error({ err: error, clip: record.job.clipId, camera: job.cameraId }, 'a clip is cut but cannot be delivered: it is kept on disk and tried again');
      return;
    }
    const body = toErrorBody(error);
    this.logger.error({ err: error, clip: record.job.clipId, camera: job.cameraId, code: body.code }, 'a clip is given up');
    const failed: ClipFailed = {
      event_id: record.job.eventId,
      camera_id: job.cameraId,
      ...body,
      timestamp: toSeconds(record.job.timestampMs),
    };
    await this.publisher.publish(SUBJECTS.clipFailed, failed);
    await this.folder.write({ ...record, state: 'failed', error: body });
    this.metrics.failed.inc({ code: body.code });
  }

  /** The record as a run may trust it: files that somebody removed are cut again, a clip once given up is taken up again. */
  private async resume(job: ClipJob): Promise<ClipRecord> {
    const { state, job: claimed, ready } = await this.folder.claim(job);
    if (state === 'announced') return { state, job: claimed, ready };
    const whole = ready !== undefined && (await this.folder.holdsFiles(claimed));
    if (!whole) return { state: 'claimed', job: claimed };
    return { state: state === 'uploaded' ? 'uploaded' : 'cut', job: claimed, ready };
  }

  private async cut({ job }: ClipRecord, run: ClipRun): Promise<ClipRecord> {
    run.progress({ phase: 'footage' });
    const footage = await this.cutter.awaitFootage(job, AbortSignal.any([run.signal, this.ending.signal]));
    if (footage === 'no_more') run.log('not all of the footage came, and no more can come');
    return this.cuts.run(async () => {
      run.signal.throwIfAborted();
      run.progress({ phase: 'cut' });
      const ready = await this.cutter.cut(job, run.signal);
      run.log(`cut ${ready.duration} s of ${ready.codec} ${ready.width}x${ready.height}, ${ready.size_bytes} bytes${ready.partial ? ', partial' : ''}`);
      return this.keep({ state: 'cut', job, ready });
    });
  }

  private async upload(record: ClipRecord, run: ClipRun): Promise<ClipRecord> {
    const { job } = record;
    const ready = readyOf(record);
    return this.uploads.run(async () => {
      run.signal.throwIfAborted();
      run.progress({ phase: 'upload' });
      const metadata = { camera: job.cameraId, start: String(ready.start), end: String(ready.end), 'event-id': job.eventId, 'event-type': job.eventType };
      await this.put(this.folder.path(job, 'jpg'), ready.bucket, clipKey(job, 'jpg'), 'image/jpeg', metadata, run.signal);
      await this.put(this.folder.path(job, 'mp4'), ready.bucket, ready.key, 'video/mp4', metadata, run.signal);
      run.log(`stored and verified as ${ready.bucket}/${ready.key}`);
      return this.keep({ ...record, state: 'uploaded' });
    });
  }

  /** Resolves when the store holds exactly this file; one that an earlier run left there is not sent again. */
  private async put(path: string, bucket: string, key: string, contentType: string, metadata: Record<string, string>, signal: AbortSignal): Promise<void> {
    const { sha256, sizeBytes } = await hashFile(path);
    const stored = await this.store.stat(bucket, key);
    if (stored?.sha256 === sha256 && stored.sizeBytes === sizeBytes) return;
    await this.store.putFile(bucket, key, path, { contentType, sha256, sizeBytes, metadata: { ...metadata, sha256 } }, signal);
  }

  private async announce(record: ClipRecord, run: ClipRun): Promise<void> {
    run.progress({ phase: 'announce' });
    const held = readyOf(record);
    const ready: ClipReady = {
      ...held,
      url: await this.store.url(held.bucket, held.key),
      thumbnail_url: await this.store.url(held.bucket, clipKey(record.job, 'jpg')),
    };
    await this.publisher.publish(SUBJECTS.clipReady, ready);
    const latencyMs = Math.max(0, this.clock.nowMs() - record.job.endMs);
    await this.keep({ ...record, state: 'announced', ready });
    this.metrics.generated.inc();
    this.metrics.readyLatency.observe(latencyMs / 1000);
    run.log(`announced ${toSeconds(latencyMs)} s after the end of its footage`);
  }

  private async keep(record: ClipRecord): Promise<ClipRecord> {
    await this.folder.write(record);
    return record;
  }
}

export function isPermanent(error: unknown): error is ContractError {
  return error instanceof ContractError && PERMANENT.includes(error.code);
}

function readyOf({ ready, job }: ClipRecord): ClipReady {
  if (!ready) throw new Error(`clip ${job.clipId}: wanted what was cut in its record, got none`);
  return ready;
}
