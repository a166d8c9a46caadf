import { Inject, Injectable } from '@nestjs/common';
import { errorText, Limiter, toSeconds, type Clock, PostponedError } from '@vr/base';
import {
  clipWindow,
  ContractError,
  keepSource,
  toErrorBody,
  type ClipJob,
  type ClipReady,
  type ClipRecord,
  type ClipSpan,
  type ErrorCode,
  type QueuedClip,
} from '@vr/contracts';
import { ClipFolder, Breaker, bringToItsEnd, isDiskFault, type Item } from '@vr/library';
import { NoRoomError } from '@vr/retention';
import { CLOCK, CONFIG, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipCutter } from './clip-cutter';
import { ClipDelivery } from './clip-delivery';
import { ClipLedger } from './clip-ledger';
import { ClipMetrics } from './clip-metrics';
import { ClipRoom } from './clip-room';

/** Cuts at once; at most two of them encode (ClipCutter), because recording comes first. */
const AT_ONCE = 3;
/** Another try cannot change these. */
const PERMANENT: readonly ErrorCode[] = [
  'invalid_payload',
  'unknown_camera',
  'no_footage',
  'footage_expired',
  'too_long',
];
/** A thumbnail does not wait behind so many others, because clips whose window is over need its job's place. */
const THUMBNAILS_WAITING = 4;
const THUMBNAIL_TURN_MS = 2000;
const STOPPING_MS = 1000;
/** A clip is tried so often while the disk takes nothing: a try costs little. */
const DISK_MS = 15_000;
/** The janitor makes room within a second, once there is something that may go. */
const ROOM_MS = 8000;

/** What the bar on the board shows. */
const PHASES = { footage: 10, cut: 30, upload: 60, announce: 90, done: 100 } as const;
type Phase = keyof typeof PHASES;

/**
 * The job as the queue runs it: the signal that ends it, and the lines that a person reads on the board. Those may get
 * lost.
 */
export interface ClipRun {
  signal: AbortSignal;
  log(line: string): void;
  progress(phase: Phase, percent: number): void;
}

/**
 * Makes a clip: await footage, cut, upload, verify, announce. Each phase that the record on disk says is done is
 * skipped, so a job may run any number of times, from any point at which an earlier run was killed.
 */
@Injectable()
export class ClipService {
  private readonly cuts = new Limiter(AT_ONCE);
  /** One after the other, beside the cuts: there is time for these. */
  private readonly thumbnails = new Limiter(1);
  private readonly ending = new AbortController();
  /** While there is no room for clips, one of them asks for it. */
  private readonly full: Breaker;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CLIP_MAX_SECONDS'>,
    @Inject(ClipFolder) private readonly folder: Pick<ClipFolder, 'holdsFiles'>,
    @Inject(ClipLedger) private readonly ledger: ClipLedger,
    @Inject(ClipCutter) private readonly cutter: Pick<ClipCutter, 'awaitFootage' | 'cut' | 'cutThumbnailEarly'>,
    @Inject(ClipDelivery) private readonly delivery: Pick<ClipDelivery, 'upload' | 'announce' | 'announceFailure'>,
    @Inject(ClipRoom) private readonly room: Pick<ClipRoom, 'uploaded'>,
    @Inject(ClipMetrics) private readonly metrics: ClipMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    this.full = new Breaker('room for clips', clock, (error) => error instanceof NoRoomError, { mostMs: ROOM_MS });
    // Waiting ends at once and goes on after the restart. A cut or an upload may finish.
    const stopping = new PostponedError('the clipper is stopping', STOPPING_MS);
    shutdown.register('intake', 'clips that wait for footage', () => this.ending.abort(stopping));
  }

  /** Throws PostponedError for what must wait, and a permanent ContractError for what can never be. */
  async make(job: QueuedClip, run: ClipRun): Promise<void> {
    try {
      await this.goOn(job, run);
    } catch (error) {
      throw !(error instanceof PostponedError) && isDiskFault(error)
        ? new PostponedError(`the disk takes no clip: ${messageOf(error)}`, DISK_MS, { cause: error })
        : error;
    }
  }

  private async goOn(job: QueuedClip, run: ClipRun): Promise<void> {
    this.checkLength(job);
    const record = await this.resume(job);
    this.checkLength(clipWindow(record));
    if (record.job.identity !== job.identity) return run.log(`its event is part of clip ${record.job.clipId}`);
    let isNew = false;
    await bringToItsEnd(itemOf(record), {
      make: async (claimed) => {
        const made = await this.cut(claimed, run);
        isNew = true;
        return made;
      },
      store: (made) => this.upload(made, isNew, run),
      announce: (stored) => this.announce(stored, run),
    });
  }

  /**
   * Called after the last retry. The messages go first. If they cannot go, the record stays open and the outbox tries
   * again.
   */
  async giveUp(job: QueuedClip, error: unknown): Promise<void> {
    const record = await this.recordOf(job);
    if (!record || record.state === 'announced') return;
    const body = toErrorBody(error);
    this.logger.error(
      { err: error, clip: record.job.clipId, camera: job.cameraId, code: body.code },
      'a clip is given up',
    );
    await this.toItsEnd(record, async (latest, told) => {
      await this.delivery.announceFailure(latest, body, told);
      return { ...latest, state: 'failed', error: body };
    });
    this.metrics.failed.inc({ code: body.code });
  }

  /** A window that intake refuses makes no record, which would hold footage that nobody waits for. */
  private async recordOf(job: QueuedClip): Promise<ClipRecord | undefined> {
    return this.isTooLong(job) ? this.ledger.find(job) : this.ledger.claim(toClipJob(job));
  }

  private isTooLong({ startMs, endMs }: ClipSpan): boolean {
    return endMs - startMs > this.config.CLIP_MAX_SECONDS * 1000;
  }

  private checkLength(span: ClipSpan): void {
    if (!this.isTooLong(span)) return;
    throw new ContractError(
      'too_long',
      `wanted a clip of at most ${this.config.CLIP_MAX_SECONDS} s (CLIP_MAX_SECONDS), ` +
        `got ${(span.endMs - span.startMs) / 1000} s`,
    );
  }

  /**
   * The record as a run may trust it. A clip whose files somebody removed is cut again; one that was given up is taken
   * up again.
   */
  private async resume(job: QueuedClip): Promise<ClipRecord> {
    const record = await this.ledger.claim(toClipJob(job));
    if (record.state === 'announced') return record;
    const { job: own, members, ready } = record;
    if (!(await this.folder.holdsFiles(record))) return { state: 'claimed', job: own, members };
    return { state: record.state === 'uploaded' ? 'uploaded' : 'cut', job: own, members, ready };
  }

  private async cut(claimed: ClipRecord, run: ClipRun): Promise<ClipRecord> {
    const { cameraId } = claimed.job;
    const { endMs } = clipWindow(claimed);
    run.progress('footage', PHASES.footage);
    const leftMs = endMs - this.clock.nowMs();
    if (leftMs > 0) {
      if (this.thumbnails.waiting >= THUMBNAILS_WAITING)
        throw new PostponedError('other thumbnails come first', Math.min(leftMs, THUMBNAIL_TURN_MS));
      await this.thumbnailEarly(claimed, endMs, run);
      throw new PostponedError('its window is not over', endMs - this.clock.nowMs());
    }
    const footage = await this.cutter.awaitFootage(cameraId, endMs, AbortSignal.any([run.signal, this.ending.signal]));
    if (footage === 'no_more') run.log('not all of the footage came, and no more can come');
    return this.cuts.run(async () => {
      run.signal.throwIfAborted();
      run.progress('cut', PHASES.cut);
      try {
        const sealed = await this.ledger.seal(claimed.job);
        const record: ClipRecord = { ...claimed, members: sealed?.members ?? claimed.members };
        if (clipWindow(record).endMs > endMs)
          throw new PostponedError('its window has grown, because other events are part of it', 0);
        const ready = await this.full.run(() => this.cutter.cut(record, run));
        run.log(
          `cut ${ready.duration} s of ${ready.codec} ${ready.width}x${ready.height}, ` +
            `${ready.size_bytes} bytes${ready.partial ? ', partial' : ''}`,
        );
        return await this.ledger.write({ ...record, state: 'cut', ready });
      } finally {
        this.ledger.unseal(claimed.job);
      }
    });
  }

  /** A fault here is not told: it comes again when the clip is cut, and is told then. */
  private async thumbnailEarly(claimed: ClipRecord, untilMs: number, run: ClipRun): Promise<void> {
    try {
      await this.thumbnails.run(async () => {
        if (this.clock.nowMs() < untilMs) await this.cutter.cutThumbnailEarly(claimed);
      });
    } catch (error) {
      run.log(`no thumbnail yet: ${messageOf(error)}`);
    }
  }

  private async upload(record: ClipRecord, isNew: boolean, run: ClipRun): Promise<ClipRecord> {
    run.progress('upload', PHASES.upload);
    const ready = readyOf(record);
    await this.delivery.upload(record, ready, { isNew, signal: run.signal });
    this.room.uploaded(record.job, ready.size_bytes);
    run.log(`stored and verified as ${ready.bucket}/${ready.key}`);
    return this.ledger.write({ ...record, state: 'uploaded' });
  }

  private async announce(record: ClipRecord, run: ClipRun): Promise<ClipRecord> {
    run.progress('announce', PHASES.announce);
    let latencyMs = 0;
    const closed = await this.toItsEnd(record, async (latest, told) => {
      const ready = await this.delivery.announce(latest, readyOf(record), told);
      latencyMs = Math.max(0, this.clock.nowMs() - clipWindow(latest).endMs);
      return { ...latest, state: 'announced', ready };
    });
    this.metrics.generated.inc();
    this.metrics.readyLatency.observe(latencyMs / 1000);
    run.progress('done', PHASES.done);
    run.log(`announced ${toSeconds(latencyMs)} s after the end of its footage`);
    return closed;
  }

  /**
   * Tells every event of the clip, also those that became part of it while others were told. `tell` notes whom it told,
   * and resolves with the record of the end.
   */
  private async toItsEnd(
    record: ClipRecord,
    tell: (latest: ClipRecord, told: Set<string>) => Promise<ClipRecord>,
  ): Promise<ClipRecord> {
    const told = new Set<string>();
    for (let latest = record; ;) {
      const end = await this.ledger.close(await tell(latest, told));
      if (end.isClosed) return end.record;
      latest = { ...latest, members: end.record.members };
    }
  }
}

/** The stage of a record that `resume` gave. */
function itemOf(record: ClipRecord): Item<ClipRecord, ClipRecord, ClipRecord, ClipRecord> {
  switch (record.state) {
    case 'claimed':
      return { stage: 'claimed', record };
    case 'cut':
      return { stage: 'made', record };
    case 'uploaded':
      return { stage: 'stored', record };
    default:
      return { stage: 'over', record };
  }
}

/**
 * The record holds what was sent. Where there is none (the disk took none, or lost it), the clip is made all the same.
 * Jobs of earlier versions carry what was sent.
 */
function toClipJob(job: QueuedClip): ClipJob {
  if (job.source === undefined) return { ...job, source: {}, sourceTruncated: true };
  const { source, truncated } = keepSource(job.source);
  return { ...job, source, ...(truncated && { sourceTruncated: true }) };
}

export function isPermanent(error: unknown): error is ContractError {
  return error instanceof ContractError && PERMANENT.includes(error.code);
}

function messageOf(error: unknown): string {
  return errorText(error);
}

function readyOf({ ready, job }: ClipRecord): ClipReady {
  if (!ready) throw new Error(`clip ${job.clipId}: wanted what was cut in its record, got none`);
  return ready;
}
