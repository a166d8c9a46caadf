import { Inject, Injectable } from '@nestjs/common';
import { toSeconds, type Clock } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { parseStoredName, type LibraryKind } from '@vr/library';
import {
  Holds,
  planRetention,
  type Announcement,
  type Deletion,
  type RetentionRules,
  type StoredItem,
} from '@vr/retention';
import { OBJECT_STORE, type ObjectStore } from '@vr/objects';
import { CLOCK, CONFIG, LOGGER, type Health, type Logger } from '@vr/service';
import type { FilePlace } from '../catalogue/file-place';
import type { JanitorConfig } from '../config';
import { JanitorMetrics } from '../retention/janitor-metrics';

interface ObjectPlace {
  bucket: string;
  key: string;
}
interface Bucket {
  name: string;
  kind: 'clip_object' | 'snapshot_object';
  days: number;
  holds: LibraryKind;
}

/**
 * The object store's part of retention. An object goes with its local copy. The server expires what is left, by a rule
 * that is read back. The local store and some servers have no such rules: there the janitor lists and deletes.
 */
@Injectable()
export class ExpiredObjects {
  private readonly buckets: Bucket[];
  /** Objects whose local copies are gone. They stay here until the store has deleted them. */
  private readonly orphaned = new Map<
    string,
    { place: ObjectPlace; cameraId: string; kind: Bucket['kind']; startMs: number }
  >();
  private readonly byServer = new Map<string, boolean>();
  /** Rules of others that expire our objects early. */
  private readonly sooner = new Map<string, { id: string; days: number }>();
  private trouble: string | undefined;
  private readonly isLocal: boolean;

  constructor(
    @Inject(CONFIG)
    config: Pick<
      JanitorConfig,
      'MINIO_ENDPOINT' | 'CLIPS_BUCKET' | 'SNAPSHOTS_BUCKET' | 'CLIP_RETENTION_DAYS' | 'SNAPSHOT_RETENTION_DAYS'
    >,
    @Inject(OBJECT_STORE)
    private readonly store: Pick<
      ObjectStore,
      'ensureBucket' | 'supportsLifecycle' | 'expiredSooner' | 'keyOf' | 'list' | 'remove'
    >,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JanitorMetrics) private readonly metrics: Pick<JanitorMetrics, 'deleted'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.isLocal = config.MINIO_ENDPOINT === undefined;
    this.buckets = [
      { name: config.CLIPS_BUCKET, kind: 'clip_object', days: config.CLIP_RETENTION_DAYS, holds: 'clip' },
      {
        name: config.SNAPSHOTS_BUCKET,
        kind: 'snapshot_object',
        days: config.SNAPSHOT_RETENTION_DAYS,
        holds: 'snapshot',
      },
    ];
  }

  /** Notes that age took the local copies. Their objects go at the next sweep that finds the store. */
  orphan(deletions: readonly Deletion<FilePlace>[]): void {
    if (this.isLocal) return; // a local object went with its clip or snapshot
    for (const { item, cameraId, kind, startMs } of deletions) {
      const bucket = this.buckets.find((one) => one.kind === `${kind}_object`);
      const path = item?.place.paths[0];
      if (!bucket || path === undefined) continue;
      const base = path.slice(0, path.lastIndexOf('.'));
      for (const extension of bucket.kind === 'clip_object' ? ['mp4', 'jpg'] : ['jpg']) {
        const place = { bucket: bucket.name, key: `${base}.${extension}` };
        this.orphaned.set(`${place.bucket}/${place.key}`, { place, cameraId, kind: bucket.kind, startMs });
      }
    }
  }

  /**
   * Does not throw where the store is away: the next sweep tries again.
   *
   * @returns what the next sweep must know
   */
  async sweep(o: {
    rules: RetentionRules;
    holds: Holds;
    announced: Announcement[];
    isOver: () => boolean;
  }): Promise<Announcement[]> {
    try {
      for (const [name, { place, cameraId, kind, startMs }] of this.orphaned) {
        if (o.isOver()) return o.announced;
        await this.remove(
          { kind, reason: 'age', cameraId, startMs, endMs: startMs, sizeBytes: 0 },
          place,
          'age: its local copy expired',
        );
        this.orphaned.delete(name);
      }
      const items: StoredItem<ObjectPlace>[] = [];
      for (const bucket of this.buckets) {
        if (await this.expiresByItself(bucket)) continue;
        for await (const item of this.list(bucket)) items.push(item);
      }
      const nowMs = this.clock.nowMs();
      const plan = planRetention({
        nowMs,
        footage: [],
        items,
        rules: o.rules,
        holds: o.holds,
        volumes: [],
        memory: { announced: o.announced },
      });
      for (const { group, expired, total } of plan.announced) {
        this.logger.warn(
          { group, expired, total },
          'more than half is past its retention: a later pass deletes it, unless the retention is changed',
        );
      }
      for (const deletion of plan.deletions) {
        if (o.isOver()) break;
        if (deletion.item)
          await this.remove(deletion, deletion.item.place, `age: past ${this.daysOf(deletion.kind)} days`);
      }
      this.trouble = undefined;
      return plan.memory.announced;
    } catch (error) {
      const { message } = error as Error;
      const sentence = `the object store failed: expired objects wait for the next pass (${message})`;
      if (this.trouble === undefined) this.logger.warn({ err: error }, sentence);
      this.trouble = sentence;
      return o.announced;
    }
  }

  get isWaiting(): boolean {
    return this.trouble !== undefined;
  }

  health(): Health {
    if (this.trouble !== undefined) return { state: 'degraded', sentence: this.trouble };
    const below = this.store.keyOf('');
    const said = this.buckets.map(({ name, days }) => {
      const byServer = this.byServer.get(name);
      const keys = below === '' ? name : `${name} below ${below}`;
      if (byServer === undefined) return `bucket ${name} was not looked at yet`;
      if (!byServer)
        return `the janitor deletes from bucket ${keys} after ${days} days (the store does not expire it itself)`;
      return `the server expires bucket ${keys} after ${Math.ceil(days)} days (its rule was read back)`;
    });
    const early = this.buckets.flatMap(({ name, days }) => {
      const rule = this.sooner.get(name);
      const advice = 'give every machine that shares the bucket an OBJECT_PREFIX, or take that rule away';
      return rule
        ? `bucket ${name} has a rule "${rule.id}" that ends our objects after ${rule.days} instead of ` +
            `${Math.ceil(days)} days: ${advice}`
        : [];
    });
    return { state: early.length > 0 ? 'degraded' : 'up', sentence: [...early, ...said].join('; ') };
  }

  /**
   * Asks the store at every sweep, because somebody may take the rule away. A missing bucket or rule is made again.
   */
  private async expiresByItself({ name, days }: Bucket): Promise<boolean> {
    if (this.byServer.get(name) === undefined || !(await this.store.supportsLifecycle(name, days)))
      await this.store.ensureBucket(name, days);
    const byServer = await this.store.supportsLifecycle(name, days);
    if (this.byServer.get(name) !== byServer) {
      const itself = 'the object store expires this bucket itself: its rule was read back';
      this.logger.info(
        { bucket: name, days },
        byServer ? itself : 'the object store has no expiry rule for this bucket: the janitor lists it and deletes',
      );
    }
    this.byServer.set(name, byServer);
    const sooner = byServer ? await this.store.expiredSooner(name, days) : undefined;
    if (sooner) this.sooner.set(name, sooner);
    else this.sooner.delete(name);
    return byServer;
  }

  private async *list({ name, kind, holds }: Bucket): AsyncGenerator<StoredItem<ObjectPlace>> {
    for await (const { key, sizeBytes, lastModifiedMs } of this.store.list(name, '')) {
      const [cameraId = '', day = '', fileName = '', ...rest] = key.split('/');
      const parsed = rest.length === 0 ? parseStoredName(holds, fileName, cameraId, day) : undefined;
      if (!parsed) continue; // not our name, so not our object
      const { timestampMs } = parsed;
      const when = { startMs: timestampMs, endMs: timestampMs, agedFromMs: Math.max(timestampMs, lastModifiedMs) };
      yield {
        kind,
        cameraId,
        ...when,
        sizeBytes,
        objectBytes: 0,
        onlyCopy: false,
        spareBytes: 0,
        spareObjectBytes: 0,
        wholeMayGo: false,
        byHand: false,
        place: { bucket: name, key },
      };
    }
  }

  private async remove(deletion: Deletion, { bucket, key }: ObjectPlace, why: string): Promise<void> {
    const { kind, reason, cameraId, startMs, endMs, sizeBytes } = deletion;
    const of = { kind, camera_id: cameraId, start: toSeconds(startMs), end: toSeconds(endMs), size_bytes: sizeBytes };
    await this.audit.write([
      { who: 'janitor', action: 'delete', what: `${bucket}/${this.store.keyOf(key)}`, why, ...of },
    ]);
    await this.store.remove(bucket, key);
    this.metrics.deleted(kind, reason, sizeBytes);
  }

  private daysOf(kind: string): number | undefined {
    return this.buckets.find((bucket) => bucket.kind === kind)?.days;
  }
}
