import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { errorCode, errorText, Limiter, type Clock } from '@vr/base';
import {
  ContractError,
  toErrorBody,
  type CameraId,
  type SnapshotId,
  type SnapshotReady,
  type SnapshotRecord,
  type TakenSnapshot,
} from '@vr/contracts';
import { SnapshotFolder } from '@vr/library';
import { NoRoomError } from '@vr/retention';
import { CLOCK, HealthRegistry, LOGGER, Shutdown, type Health, type Logger } from '@vr/service';
import { SnapshotDelivery } from './snapshot-delivery';
import { SnapshotMetrics } from './snapshot-metrics';
import { SnapshotTaker } from './snapshot-taker';

/** Uploads at once. */
const AT_ONCE = 4;
const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 60_000;
/**
 * Of an event's picture that fails for a reason of ours (no ffmpeg, footage that does not decode): some minutes' worth.
 */
const ATTEMPTS = 8;
const FINISH_MS = 3000;
/**
 * The disk takes nothing now, or a link leads out of SNAPSHOTS_DIR: no fault of the snapshot, however long it lasts.
 */
const DISK_FAULTS: ReadonlySet<string> = new Set([
  'outside_root',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
]);

/** The picture is kept; the store or NATS is away, and it goes out when they are back. */
class AwayError extends ContractError {}

/**
 * The disk is the outbox. Every snapshot is claimed there before it is taken and stays there until it is announced, or
 * can never be. What cannot be delivered now is tried again for as long as it takes: of all that wait one at a time,
 * after 1 s, 2 s, ... at most a minute; when that one goes through, all do. Pictures are taken meanwhile: frames do not
 * wait.
 */
@Injectable()
export class SnapshotOutbox implements OnApplicationBootstrap {
  private readonly inHand = new Map<SnapshotId, Promise<SnapshotReady>>();
  /** Ids of those that wait on disk, and how often their picture has failed. The next to be tried comes first. */
  private readonly waiting = new Map<SnapshotId, number>();
  /** Of those that were asked for by hand and are not announced yet: id and camera. */
  private readonly byHand = new Map<SnapshotId, CameraId>();
  private readonly deliveries = new Limiter(AT_ONCE);
  private readonly ending = new AbortController();
  private ended = false;
  /** Why nothing goes out. */
  private trouble: string | undefined;
  private retryMs = RETRY_FIRST_MS;
  private timer: NodeJS.Timeout | undefined;

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
    health.register('snapshot delivery', () => this.health());
    shutdown.register('intake', 'retries of snapshots', () => {
      this.ended = true;
      clearTimeout(this.timer);
    });
    shutdown.register('work', 'snapshots in hand', () => this.finish());
  }

  /** In the background: a disk that is slow does not keep the worker from starting. */
  onApplicationBootstrap(): void {
    void this.takeStock();
  }

  /**
   * Goes on with a claimed snapshot. Resolves with what was announced; rejects with why it was not: for good, or (the
   * picture is kept) for now.
   */
  make(record: SnapshotRecord, isProbe = false): Promise<SnapshotReady> {
    const { snapshot_id: id } = record;
    const known = this.inHand.get(id);
    if (known) return known;
    if (record.moment !== 'event') this.byHand.set(id, record.camera_id);
    const made = this.goOn(record, isProbe).finally(() => this.inHand.delete(id));
    this.inHand.set(id, made);
    return made;
  }

  /** The same for whoever does not wait. A record that is closed, or waits, stays as it is. */
  take(record: SnapshotRecord): void {
    if (record.state === 'announced' || record.state === 'failed' || this.waiting.has(record.snapshot_id)) return;
    void this.make(record).catch(() => undefined); // said, and kept where it is worth it, by then
  }

  /** Snapshots of a camera that were asked for by hand and are not announced yet. */
  waitingByHand(cameraId: string): number {
    return [...this.byHand.values()].filter((camera) => camera === cameraId).length;
  }

  private async goOn(record: SnapshotRecord, isProbe: boolean): Promise<SnapshotReady> {
    try {
      return await this.deliver(await this.taken(record), isProbe);
    } catch (error) {
      if (!(error instanceof AwayError) && !this.ended) await this.failed(record, error);
      throw error;
    }
  }

  private async taken(record: SnapshotRecord): Promise<TakenSnapshot> {
    if (record.state === 'taken' && (await this.folder.holdsPicture(record))) return record;
    return this.taker.take({ ...record, state: 'claimed' });
  }

  private async deliver(taken: TakenSnapshot, isProbe: boolean): Promise<SnapshotReady> {
    try {
      const ready = await this.deliveries.run(async () => {
        // Asked only now: what waited for its turn must not wait for a dead store as well.
        if (this.trouble !== undefined && !isProbe) throw new Error(this.trouble);
        const told = await this.delivery.upload(taken, this.ending.signal);
        await this.delivery.announce(told);
        return told;
      });
      this.trouble = undefined;
      this.metrics.generated.inc();
      this.metrics.latency.observe(Math.max(0, this.clock.nowMs() / 1000 - taken.claimed_at));
      await this.folder.close({ ...taken, state: 'announced' });
      this.settle(taken.snapshot_id);
      return ready;
    } catch (error) {
      this.noteTrouble(error);
      this.wait(taken.snapshot_id, 0);
      const { code } = error instanceof ContractError ? error : { code: 'storage_unavailable' as const };
      const message = `the snapshot is taken and kept; it is announced as soon as it can be delivered (${(error as Error).message})`;
      throw new AwayError(code, message, { cause: error });
    }
  }

  /** No picture: a fault of the request is final, one of ours is tried again where nobody waits for an answer. */
  private async failed(record: SnapshotRecord, error: unknown): Promise<void> {
    const { snapshot_id: id, camera_id: camera } = record;
    const attempts = (this.waiting.get(id) ?? 0) + (DISK_FAULTS.has(errorCode(error) ?? '') ? 0 : 1);
    const isEvent = record.moment === 'event';
    if (error instanceof NoRoomError && isEvent) {
      if (!this.waiting.has(id))
        this.logger.warn({ snapshot: id, camera, reason: error.message }, "an event's picture waits for room");
      return this.wait(id, attempts - 1);
    }
    if (!(error instanceof ContractError) && isEvent && attempts < ATTEMPTS) {
      this.logger.error(
        { err: error, snapshot: id, camera, attempts },
        "an event's picture cannot be taken: trying again",
      );
      return this.wait(id, attempts);
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
      this.wait(id, attempts);
    }
  }

  private async takeStock(): Promise<void> {
    try {
      const ids = await this.folder.openIds();
      for (const id of ids) if (!this.inHand.has(id)) this.waiting.set(id, 0);
      if (ids.length > 0) this.logger.info({ snapshots: ids.length }, 'snapshots are unfinished: going on with them');
      await this.retry();
    } catch (error) {
      this.logger.warn({ err: error }, 'SNAPSHOTS_DIR cannot be read: unfinished snapshots wait for the next start');
    }
  }

  /** One first; where it goes through, the others. */
  private async retry(): Promise<void> {
    this.timer = undefined;
    const ids = [...this.waiting.keys()];
    await this.retryOne(ids.shift());
    const lane = async (): Promise<void> => {
      for (let id = ids.shift(); id !== undefined && this.trouble === undefined; id = ids.shift())
        await this.retryOne(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    this.retryMs =
      this.trouble === undefined && this.waiting.size === 0
        ? RETRY_FIRST_MS
        : Math.min(2 * this.retryMs, RETRY_MOST_MS);
    this.schedule();
  }

  private async retryOne(id: SnapshotId | undefined): Promise<void> {
    if (id === undefined || this.ended) return;
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

  /** Behind all others: one that nobody takes must not keep them from being tried. */
  private wait(id: SnapshotId, attempts: number): void {
    this.waiting.delete(id);
    this.waiting.set(id, attempts);
    this.metrics.waiting.set(this.waiting.size);
    this.schedule();
  }

  private settle(id: SnapshotId): void {
    this.byHand.delete(id);
    this.waiting.delete(id);
    this.metrics.waiting.set(this.waiting.size);
  }

  private schedule(): void {
    if (this.ended || this.timer || this.waiting.size === 0) return;
    this.timer = setTimeout(() => void this.retry(), this.retryMs);
  }

  private noteTrouble(error: unknown): void {
    if (this.ended) return;
    const reason = errorText(error);
    if (this.trouble === undefined)
      this.logger.warn({ reason }, 'snapshots cannot be delivered: they are kept on disk and tried again');
    this.trouble = reason;
  }

  private health(): Health {
    if (this.trouble === undefined)
      return {
        state: 'up',
        sentence: this.waiting.size === 0 ? 'nothing waits' : `${this.waiting.size} snapshots wait`,
      };
    return { state: 'degraded', sentence: `${this.waiting.size} snapshots wait on disk: ${this.trouble}` };
  }

  /** What does not end in time is on disk, and goes on after the restart. */
  private async finish(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, FINISH_MS);
    });
    await Promise.race([Promise.allSettled(this.inHand.values()), late]);
    clearTimeout(patience);
    this.ending.abort(new Error('the snapshotter is stopping'));
  }
}
