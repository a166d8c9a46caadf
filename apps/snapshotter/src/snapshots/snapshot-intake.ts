import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import {
  checkAhead,
  ContractError,
  nameEvent,
  keepSource,
  readDetectorEvent,
  readSnapshotRequest,
  snapshotIdOf,
  SUBJECTS,
  type Arrival,
  type CameraId,
  type SnapshotReady,
  type SnapshotRecord,
  type SourceFields,
} from '@vr/contracts';
import { SnapshotFolder, type WantedSnapshot } from '@vr/library';
import { Refusals, type MessageContext } from '@vr/messaging';
import { CameraRoster, CLOCK, CONFIG, knownCamera, LOGGER, RequestLimits, type Logger } from '@vr/service';
import type { SnapshotterConfig } from '../config';
import { failureOf } from './snapshot-delivery';
import { SnapshotRoom } from './snapshot-room';
import { SnapshotOutbox } from './snapshot-outbox';

interface About {
  cameraId: CameraId;
  timestampMs: number;
  reason: string;
  source: SourceFields;
  timestampAssumed: true | undefined;
}

/** Decides what becomes a snapshot. A claimed one is on disk: nothing is lost any more. */
@Injectable()
export class SnapshotIntake {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'SNAPSHOTS_BUCKET'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly cameras: Pick<CameraRoster, 'find'>,
    @Inject(SnapshotFolder) private readonly folder: Pick<SnapshotFolder, 'claim'>,
    @Inject(SnapshotOutbox) private readonly outbox: Pick<SnapshotOutbox, 'make' | 'take' | 'waitingByHand'>,
    @Inject(Refusals) private readonly refusals: Pick<Refusals, 'tell'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
    @Inject(RequestLimits) private readonly limits: Pick<RequestLimits, 'admit'>,
    @Inject(SnapshotRoom) private readonly room: Pick<SnapshotRoom, 'checkByHand'>,
  ) {}

  /** `seguranca.record.snapshot`. Resolves with what was announced. */
  async request(payload: unknown, arrival: Arrival): Promise<SnapshotReady> {
    const request = readSnapshotRequest(payload, arrival.atMs);
    const { cameraId, reason, requestId, eventId } = request;
    const nowMs = this.clock.nowMs();
    const timestampMs = request.timestampMs ?? nowMs;
    const wanted: WantedSnapshot = {
      ...this.wanted({
        cameraId,
        timestampMs,
        reason,
        source: request.source,
        timestampAssumed: request.timestampAssumed,
      }),
      request_id: requestId,
      event_id: eventId,
      identity: `request:${randomUUID()}`,
      moment: request.timestampMs === undefined ? 'now' : 'past',
    };
    return this.outbox.make(await this.claimRequest(wanted));
  }

  /**
   * A failure is also published, for those who wait for no reply. Of a flood only some are, and then their number.
   */
  private async claimRequest(wanted: WantedSnapshot): Promise<SnapshotRecord> {
    try {
      const { id } = knownCamera(this.cameras, wanted.camera_id);
      const waiting = (): number => this.outbox.waitingByHand(id);
      const { record } = await this.limits.admit('record.snapshot', id, waiting, async () => {
        await this.room.checkByHand();
        return this.claim(wanted);
      });
      return record;
    } catch (error) {
      await this.tellRefused(wanted, error);
      throw error;
    }
  }

  private async tellRefused(wanted: WantedSnapshot, error: unknown): Promise<void> {
    const cameraId = this.cameras.find(wanted.camera_id)?.id ?? '';
    try {
      await this.refusals.tell(SUBJECTS.recordSnapshot, {
        cameraId,
        subject: SUBJECTS.snapshotFailed,
        payload: { ...failureOf(wanted, error) },
      });
    } catch (unsent) {
      this.logger.error({ err: unsent, camera: wanted.camera_id }, 'a failed snapshot cannot be announced');
    }
  }

  /**
   * A detector's event, `seguranca.event.*`. Resolves when it is on disk, and does not wait for the picture.
   * Throws ContractError for what can never become a snapshot.
   */
  async acceptEvent(
    { subject, arrival }: Pick<MessageContext, 'subject' | 'arrival'>,
    payload: unknown,
  ): Promise<void> {
    const event = readDetectorEvent(payload, arrival.atMs);
    const { cameraId, source, timestampAssumed } = event;
    knownCamera(this.cameras, cameraId);
    const { eventType, eventId, identity, atMs } = nameEvent(subject, event, arrival);
    const aheadMs = atMs - this.clock.nowMs();
    checkAhead('timestamp', aheadMs);
    // A detector with a wrong clock means what it sees now.
    const momentMs = atMs - Math.max(0, aheadMs);
    const wanted: WantedSnapshot = {
      ...this.wanted({ cameraId, timestampMs: momentMs, reason: `event:${eventType}`, source, timestampAssumed }),
      // Named after the timestamp as it was sent: clamped, a repetition would have another one.
      snapshot_id: snapshotIdOf(cameraId, atMs),
      event_id: eventId,
      identity,
      moment: 'event',
    };
    const { record } = await this.claim(wanted);
    this.outbox.take(record);
  }

  private async claim(wanted: WantedSnapshot): ReturnType<SnapshotFolder['claim']> {
    try {
      return await this.folder.claim(wanted);
    } catch (error) {
      if (wanted.moment === 'event') throw error; // the stream brings it back
      throw new ContractError('storage_unavailable', 'the snapshot cannot be kept: the disk takes nothing now', {
        cause: error,
      });
    }
  }

  private wanted({
    cameraId,
    timestampMs,
    reason,
    source,
    timestampAssumed,
  }: About): Omit<WantedSnapshot, 'identity' | 'moment'> {
    const kept = keepSource(source);
    return {
      camera_id: cameraId,
      timestamp: toSeconds(timestampMs),
      ...(timestampAssumed && { timestamp_assumed: true }),
      reason,
      snapshot_id: snapshotIdOf(cameraId, timestampMs),
      bucket: this.config.SNAPSHOTS_BUCKET,
      claimed_at: toSeconds(this.clock.nowMs()),
      source: kept.source,
      ...(kept.truncated && { source_truncated: true }),
    };
  }
}
