import { Inject, Injectable } from '@nestjs/common';
import { DAY_MS, LogGate, type Clock } from '@vr/base';
import {
  clipIdParts,
  clipJob,
  eventClipId,
  keepSource,
  nameEvent,
  readClipRequest,
  readDetectorEvent,
  readPayload,
  requestedClipId,
  type CameraConfig,
  type ClipJob,
  type ClipQueued,
  type ClipRecord,
} from '@vr/contracts';
import type { MessageContext } from '@vr/messaging';
import { CameraRoster, CLOCK, CONFIG, knownCamera, LOGGER, RequestLimits, type Logger } from '@vr/service';
import { ClipDelivery } from '../clip/clip-delivery';
import { ClipLedger } from '../clip/clip-ledger';
import { ClipQueue } from '../clip/clip-queue';
import { ClipRoom } from '../clip/clip-room';
import type { ClipperConfig } from '../config';
import { eventWindow, requestWindow, type WindowRules } from './clip-window';

/** Clocks on one network differ by this much; more is worth a line in the log. */
const ORDINARY_SKEW_MS = 1000;
type IntakeConfig = Pick<
  ClipperConfig,
  'RETENTION_DAYS' | 'CLIP_PRE_SECONDS' | 'CLIP_POST_SECONDS' | 'CLIP_MAX_SECONDS'
>;

/**
 * Decides what becomes a clip. When a method here resolves, the clip's job is on disk and in Redis: nothing is lost any
 * more.
 */
@Injectable()
export class IntakeService {
  /** A wrong clock shows in every event of its detector. */
  private readonly wrongClocks: LogGate;

  constructor(
    @Inject(CONFIG) private readonly config: IntakeConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'find'>,
    @Inject(ClipLedger)
    private readonly ledger: Pick<ClipLedger, 'claim' | 'claimAnew' | 'answersTo' | 'waitingByHand'>,
    @Inject(ClipQueue) private readonly queue: Pick<ClipQueue, 'add' | 'log'>,
    @Inject(RequestLimits) private readonly limits: Pick<RequestLimits, 'admit'>,
    @Inject(ClipDelivery) private readonly delivery: Pick<ClipDelivery, 'holds' | 'announceAgain'>,
    @Inject(ClipRoom) private readonly room: Pick<ClipRoom, 'checkByHand'>,
  ) {
    this.wrongClocks = new LogGate(clock);
  }

  /** A detector's event, `seguranca.event.*`. Throws ContractError for what can never become a clip. */
  async acceptEvent(
    { subject, arrival }: Pick<MessageContext, 'subject' | 'arrival'>,
    payload: unknown,
  ): Promise<void> {
    const event = readDetectorEvent(payload, arrival.atMs);
    const { cameraId } = event;
    const { eventType, eventId, identity, atMs } = nameEvent(subject, event, arrival);
    const camera = knownCamera(this.cameras, cameraId);
    const { timestampMs, startMs, endMs, clampedByMs } = eventWindow(
      { ...event, timestampMs: atMs },
      this.rules(camera),
    );
    if (clampedByMs > ORDINARY_SKEW_MS) this.warnOfClock(cameraId, clampedByMs);
    await this.accept({
      // Named after the timestamp as it was sent. Clamped, a repetition would have another one, and it must be the same
      // clip.
      clipId: eventClipId(cameraId, atMs),
      identity,
      eventId,
      eventType,
      cameraId,
      timestampMs,
      startMs,
      endMs,
      ...(clampedByMs > ORDINARY_SKEW_MS && { clampedByMs }),
      ...(event.timestampAssumed && { timestampAssumed: true }),
      source: event.source,
    });
  }

  /**
   * A clip asked for by hand, `seguranca.record.clip`. Where an existing clip answers it, that clip's message follows
   * the reply.
   */
  async acceptRequest(payload: unknown, context: Pick<MessageContext, 'arrival' | 'afterReply'>): Promise<ClipQueued> {
    const request = readClipRequest(payload, context.arrival.atMs);
    const { timestampMs, startMs, endMs } = requestWindow(
      request,
      this.rules(knownCamera(this.cameras, request.cameraId)),
    );
    const clipId = requestedClipId(request.cameraId, startMs, endMs);
    const wanted: ClipJob = {
      clipId,
      identity: `manual:${clipId}:${request.requestId ?? ''}`,
      eventId: request.requestId ?? clipId,
      eventType: 'manual',
      cameraId: request.cameraId,
      timestampMs,
      startMs,
      endMs,
      ...(request.timestampAssumed && { timestampAssumed: true }),
      source: request.source,
    };
    const waiting = (): number => this.ledger.waitingByHand(request.cameraId);
    const accepted = await this.limits.admit('record.clip', request.cameraId, waiting, async () => {
      const answer = await this.answerTo(wanted);
      if (!answer) {
        await this.room.checkByHand();
        return this.accept(wanted);
      }
      context.afterReply(() => this.announceAgain(answer, wanted));
      return answer.job;
    });
    return { clip_id: accepted.clipId, queued: true, ...(request.timestampAssumed && { timestamp_assumed: true }) };
  }

  /** An announced clip that answers a request, and can still be had. */
  private async answerTo(wanted: ClipJob): Promise<ClipRecord | undefined> {
    try {
      for await (const record of this.ledger.answersTo(wanted)) if (await this.delivery.holds(record)) return record;
    } catch (error) {
      this.logger.warn(
        { err: error, clip: wanted.clipId },
        'clips that are there cannot be looked at: one is made anew',
      );
    }
    return undefined;
  }

  /** Where the message cannot go now, the request gets a clip of its own, which waits on disk. */
  private async announceAgain(record: ClipRecord, wanted: ClipJob): Promise<void> {
    try {
      await this.delivery.announceAgain(record, this.kept(wanted));
    } catch (error) {
      this.logger.warn(
        { err: error, clip: record.job.clipId },
        'a clip that is there cannot be announced: one is made anew',
      );
      await this.accept(wanted).catch((failure: unknown) =>
        this.logger.warn({ err: failure, clip: wanted.clipId }, 'a request for a clip is lost'),
      );
    }
  }

  /** Disk first, then Redis: where Redis loses its data, the job is found again on disk. */
  private async accept(event: ClipJob): Promise<ClipJob> {
    const wanted = this.kept(event);
    const { state, job } = await this.claim(wanted);
    if (state !== 'announced') await this.queue.add(job);
    if (job.identity !== wanted.identity)
      await this.queue.log(job, `event ${wanted.eventId} (${wanted.eventType}) is part of this clip`);
    return job;
  }

  /** The job as Redis and the disk will give it back. One that could not be read there is refused now. */
  private kept(event: ClipJob): ClipJob {
    const { source, truncated } = keepSource(event.source);
    return readPayload(clipJob, { ...event, source, ...(truncated && { sourceTruncated: true }) });
  }

  /**
   * A disk that takes no record now (full, read-only) must not turn events away. The job claims again when it runs.
   */
  private async claim(wanted: ClipJob): Promise<Pick<ClipRecord, 'state' | 'job'>> {
    try {
      const record = await this.ledger.claim(wanted);
      // A request comes here only where its announced clip is gone.
      return record.state === 'announced' && !clipIdParts(wanted.clipId).isEvent
        ? await this.ledger.claimAnew(wanted)
        : record;
    } catch (error) {
      this.logger.warn(
        { err: error, clip: wanted.clipId },
        'a clip cannot be noted on disk: until then it is in Redis alone',
      );
      return { state: 'claimed', job: wanted };
    }
  }

  private warnOfClock(camera: string, aheadMs: number): void {
    if (!this.wrongClocks.turn(camera)) return;
    this.logger.warn(
      { camera, aheadMs },
      'an event lies in the future: its detector has a wrong clock, taking it as now',
    );
  }

  private rules({ clip, retention_days }: CameraConfig): WindowRules {
    return {
      nowMs: this.clock.nowMs(),
      preMs: (clip?.pre_seconds ?? this.config.CLIP_PRE_SECONDS) * 1000,
      postMs: (clip?.post_seconds ?? this.config.CLIP_POST_SECONDS) * 1000,
      maxMs: this.config.CLIP_MAX_SECONDS * 1000,
      retentionMs: (retention_days ?? this.config.RETENTION_DAYS) * DAY_MS,
    };
  }
}
