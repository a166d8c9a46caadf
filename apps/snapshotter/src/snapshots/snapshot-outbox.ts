import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { errorText, overWithin, PostponedError, type Clock } from '@vr/base';
import {
  ContractError,
  snapshotIdParts,
  toErrorBody,
  type CameraId,
  type SnapshotId,
  type SnapshotReady,
  type SnapshotRecord,
  type TakenSnapshot,
} from '@vr/contracts';
import { bringToItsEnd, Doors, isDiskFault, RetryRounds, SnapshotFolder, type Item } from '@vr/library';
import { NoRoomError } from '@vr/retention';
import { CLOCK, HealthRegistry, LOGGER, Shutdown, type Health, type Logger } from '@vr/service';
import { SnapshotDelivery } from './snapshot-delivery';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotTaker } from './snapshot-taker';

const RETRIES_AT_ONCE = 4;
/** Of an event's picture that fails by our fault (no ffmpeg, footage that does not decode): some minutes' worth. */
const ATTEMPTS = 8;
const FINISH_MS = 3000;

/** The picture is kept; the store or NATS is away, and it goes out when they are back. */
class AwayError extends ContractError {}

/** A snapshot whose object is verified in the store, and the message to send. */
interface StoredSnapshot {
  taken: TakenSnapshot;
  ready: SnapshotReady;
}

/**
 * The disk is the outbox. Every snapshot is claimed there before it is taken, and stays there until it is announced or
 * can never be. Pictures are taken also while the store or NATS is away, because frames do not wait.
 */
@Injectable()
export class SnapshotOutbox implements OnApplicationBootstrap {
  private readonly inHand = new Map<SnapshotId, Promise<SnapshotReady>>();
  /** The camera of each that was asked for by hand and is not announced yet. */
  private readonly byHand = new Map<SnapshotId, CameraId>();
  private readonly rounds: RetryRounds<SnapshotId>;
  private readonly doors: Doors;
  private readonly ending = new AbortController();
  private ended = false;
  /** The log holds that nothing can be delivered. */
  private isTroubleSaid = false;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
    @Inject(SnapshotFolder)
    private readonly folder: Pick<SnapshotFolder, 'openIds' | 'readOpen' | 'holdsPicture' | 'close' | 'forget'>,
    @Inject(SnapshotTaker) private readonly taker: Pick<SnapshotTaker, 'take'>,
    @Inject(SnapshotDelivery)
    private readonly delivery: Pick<SnapshotDelivery, 'upload' | 'announce' | 'announceFailure'>,
    @Inject(SnapshotMetrics) private readonly metrics: SnapshotMetrics,
    @Inject(HealthRegistry) health: Pick<HealthRegistry, 'register'>,
    @Inject(Shutdown) shutdown: Pick<Shutdown, 'register'>,
  ) {
    const isAway = (): boolean => true; // a picture that is whole can only fail by others
    this.doors = new Doors({ store: { name: 'the object store', isAway }, announcer: { name: 'NATS', isAway } }, clock);
    this.rounds = new RetryRounds<SnapshotId>({
      tryOne: (id) => this.retry(id),
      isClosed: () => this.doors.trouble !== undefined,
      atOnce: RETRIES_AT_ONCE,
      onChange: (waiting) => metrics.waiting.set(waiting),
    });
    metrics.waitingSince = () =>
      [...this.inHand.keys(), ...this.rounds.keys()].map((id) => snapshotIdParts(id).timestampMs);
    health.register('snapshot delivery', () => this.health());
    shutdown.register('intake', 'retries of snapshots', () => {
      this.ended = true;
      this.rounds.end();
    });
    shutdown.register('work', 'snapshots in hand', () => this.finish());
  }

  /** In the background: a slow disk does not keep the worker from starting. */
  onApplicationBootstrap(): void {
    void this.takeStock();
  }

  /**
   * Goes on with a claimed snapshot. Resolves with what was announced. Rejects with why it was not: for good, or for
   * now (the picture is kept). `isDue`: it has waited, and its turn has come.
   */
  make(record: SnapshotRecord, isDue = false): Promise<SnapshotReady> {
    const { snapshot_id: id } = record;
    const known = this.inHand.get(id);
    if (known) return known;
    if (record.moment !== 'event') this.byHand.set(id, record.camera_id);
    const made = this.goOn(record, isDue).finally(() => this.inHand.delete(id));
    this.inHand.set(id, made);
    return made;
  }

  /** The same for a caller that does not wait. A record that is closed, or waits, stays as it is. */
  take(record: SnapshotRecord): void {
    if (record.state === 'announced' || record.state === 'failed' || this.rounds.has(record.snapshot_id)) return;
    void this.make(record).catch(() => undefined); // said, and kept where it is worth it, by then
  }

  /** Snapshots of a camera that were asked for by hand and are not announced yet. */
  waitingByHand(cameraId: string): number {
    return [...this.byHand.values()].filter((camera) => camera === cameraId).length;
  }

  private async goOn(record: SnapshotRecord, isDue: boolean): Promise<SnapshotReady> {
    const { snapshot_id: id } = record;
    try {
      return await bringToItsEnd(await this.itemOf(record), {
        make: (claimed) => this.taker.take({ ...claimed, state: 'claimed' }),
        store: (taken) => this.orWait(id, () => this.doors.store(() => this.upload(taken), isDue)),
        announce: (stored) => this.orWait(id, () => this.announce(stored, isDue)),
      });
    } catch (error) {
      if (!(error instanceof AwayError) && !this.ended) await this.failed(record, error);
      throw error;
    }
  }

  /** A picture that somebody removed is taken again. */
  private async itemOf(
    record: SnapshotRecord,
  ): Promise<Item<SnapshotRecord, TakenSnapshot, StoredSnapshot, SnapshotReady>> {
    if (record.state === 'taken' && (await this.folder.holdsPicture(record))) return { stage: 'made', record };
    return { stage: 'claimed', record };
  }

  private async upload(taken: TakenSnapshot): Promise<StoredSnapshot> {
    return { taken, ready: await this.delivery.upload(taken, this.ending.signal) };
  }

  private async announce({ taken, ready }: StoredSnapshot, isDue: boolean): Promise<SnapshotReady> {
    await this.doors.announce(() => this.delivery.announce(ready), isDue);
    this.isTroubleSaid = false;
    this.metrics.generated.inc();
    this.metrics.latency.observe(Math.max(0, this.clock.nowMs() / 1000 - taken.claimed_at));
    await this.folder.close({ ...taken, state: 'announced' });
    this.settle(taken.snapshot_id);
    return ready;
  }

  /** Throws AwayError: what was taken is kept, and waits. */
  private async orWait<T>(id: SnapshotId, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.sayTrouble(error);
      this.rounds.add(id, 0);
      const cause = error instanceof PostponedError && error.cause !== undefined ? error.cause : error;
      const { code } = cause instanceof ContractError ? cause : { code: 'storage_unavailable' as const };
      const reason = errorText(error);
      const message = `the snapshot is taken and kept; it is announced as soon as it can be delivered (${reason})`;
      throw new AwayError(code, message, { cause: error });
    }
  }

  /** No picture: a fault of the request is final, one of ours is tried again where nobody waits for an answer. */
  private async failed(record: SnapshotRecord, error: unknown): Promise<void> {
    const { snapshot_id: id, camera_id: camera } = record;
    const attempts = this.rounds.attemptsOf(id) + (isDiskFault(error) ? 0 : 1);
    const isEvent = record.moment === 'event';
    if (error instanceof NoRoomError && isEvent) {
      if (!this.rounds.has(id))
        this.logger.warn({ snapshot: id, camera, reason: error.message }, "an event's picture waits for room");
      return this.rounds.add(id, attempts - 1);
    }
    if (!(error instanceof ContractError) && isEvent && attempts < ATTEMPTS) {
      this.logger.error(
        { err: error, snapshot: id, camera, attempts },
        "an event's picture cannot be taken: trying again",
      );
      return this.rounds.add(id, attempts);
    }
    try {
      const body = toErrorBody(error);
      if (!(error instanceof ContractError))
        this.logger.error({ err: error, snapshot: id, camera }, 'a snapshot cannot be taken');
      await this.delivery.announceFailure(record, error);
      this.metrics.failed.inc({ code: body.code });
      // An event that comes again must not be tried again; nobody asks for the record of a request.
      await (isEvent ? this.folder.close({ ...record, state: 'failed', error: body }) : this.folder.forget(record));
      this.settle(id);
    } catch (unsaid) {
      this.logger.warn({ err: unsaid, snapshot: id, camera }, 'a failed snapshot cannot be announced: trying again');
      this.rounds.add(id, attempts);
    }
  }

  private async takeStock(): Promise<void> {
    try {
      const ids = await this.folder.openIds();
      for (const id of ids) if (!this.inHand.has(id)) this.rounds.add(id, 0);
      if (ids.length > 0) this.logger.info({ snapshots: ids.length }, 'snapshots are unfinished: going on with them');
      await this.rounds.runNow();
    } catch (error) {
      this.logger.warn({ err: error }, 'SNAPSHOTS_DIR cannot be read: unfinished snapshots wait for the next start');
    }
  }

  private async retry(id: SnapshotId): Promise<void> {
    try {
      const record = await this.folder.readOpen(id);
      if (record?.state === 'announced' || record?.state === 'failed') await this.folder.close(record);
      else if (record) await this.make(record, true);
      else this.settle(id);
    } catch (error) {
      if (!(error instanceof ContractError))
        this.logger.warn({ err: error, snapshot: id }, 'an unfinished snapshot waits on');
    }
  }

  private settle(id: SnapshotId): void {
    this.byHand.delete(id);
    this.rounds.delete(id);
  }

  private sayTrouble(error: unknown): void {
    if (this.ended || this.isTroubleSaid) return;
    this.isTroubleSaid = true;
    const reason = errorText(error);
    this.logger.warn({ reason }, 'snapshots cannot be delivered: they are kept on disk and tried again');
  }

  private health(): Health {
    const waiting = this.rounds.size;
    const { trouble } = this.doors;
    if (trouble !== undefined) return { state: 'degraded', sentence: `${waiting} snapshots wait on disk: ${trouble}` };
    return { state: 'up', sentence: waiting === 0 ? 'nothing waits' : `${waiting} snapshots wait` };
  }

  /** What does not end in time is on disk, and goes on after the restart. */
  private async finish(): Promise<void> {
    await overWithin(Promise.allSettled(this.inHand.values()), FINISH_MS);
    this.ending.abort(new Error('the snapshotter is stopping'));
  }
}
