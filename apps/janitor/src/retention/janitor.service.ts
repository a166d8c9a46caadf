import { Inject, Injectable } from '@nestjs/common';
import type { CameraConfig, Clock } from '@vr/contracts';
import { CLOCK, CONFIG, ConfigError, HealthRegistry, loadCameras, LOGGER, type Health, type Logger } from '@vr/service';
import type { JanitorConfig } from '../config';
import { CatalogueAdapter, type FilePlace } from './catalogue.adapter';
import { ExpiredObjectsAdapter, type ObjectPlace } from './expired-objects.adapter';
import { JanitorMetrics } from './janitor-metrics';
import { planRetention, type Deletion, type RetentionPlan, type RetentionRules, type Stored } from './retention-plan';
import { VolumeAdapter, type Volume } from './volume.adapter';

const DAY_MS = 86_400_000;
const BYTES_PER_GB = 1e9;
type Place = FilePlace | ObjectPlace;

/** One sweep: read what is stored, let the plan decide, delete it, say what was done. */
@Injectable()
export class JanitorService {
  private cameras: CameraConfig[];
  private sweeping: Promise<void> | undefined;
  private stopped = false;
  private lastSaid = '';
  private health: Health = { state: 'up', sentence: 'the first sweep is still to come' };

  constructor(
    @Inject(CONFIG) private readonly config: JanitorConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CatalogueAdapter) private readonly catalogue: CatalogueAdapter,
    @Inject(ExpiredObjectsAdapter) private readonly objects: ExpiredObjectsAdapter,
    @Inject(VolumeAdapter) private readonly volumes: VolumeAdapter,
    @Inject(JanitorMetrics) private readonly metrics: JanitorMetrics,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    if (config.DISK_LOW_PERCENT >= config.DISK_HIGH_PERCENT) {
      throw new ConfigError([`DISK_LOW_PERCENT: wanted less than DISK_HIGH_PERCENT (${config.DISK_HIGH_PERCENT}), got ${config.DISK_LOW_PERCENT}`]);
    }
    this.cameras = loadCameras(config.CAMERAS_FILE);
    health.register('retention', () => this.health);
  }

  /** Sweeps once; a call during a sweep waits for that one. Never rejects: the next sweep is the retry. */
  sweep(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.sweeping ??= this.sweepNow()
      .catch((error: unknown) => {
        this.health = { state: 'degraded', sentence: `the last sweep failed: ${(error as Error).message}` };
        this.logger.error({ err: error }, 'a retention sweep failed; the next one tries again');
      })
      .finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  /** Ends after the file at hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.sweeping;
  }

  private async sweepNow(): Promise<void> {
    this.reloadCameras();
    const nowMs = this.clock.nowMs();
    const disk = await this.volumes.read(this.config.RECORDINGS_DIR);
    const plan = planRetention<Place>({ nowMs, stored: await this.readStored(disk), rules: this.rules(), disk });
    this.say(plan, disk);
    if (plan.refusal !== undefined) return;
    await this.carryOut(plan.deletions);
    await this.catalogue.removeEmptyDays(nowMs);
  }

  private async readStored(disk: Volume | undefined): Promise<Stored<Place>[]> {
    const device = disk?.device;
    const onRecordingsDisk = async (folder: string): Promise<boolean> => device !== undefined && (await this.volumes.read(folder))?.device === device;
    const readStates = disk !== undefined && disk.usedBytes >= (disk.totalBytes * this.config.DISK_HIGH_PERCENT) / 100;
    return [
      ...(await this.catalogue.readFootage()),
      ...(await this.catalogue.readClips({ onRecordingsDisk: await onRecordingsDisk(this.config.CLIPS_DIR), readStates })),
      ...(await this.catalogue.readSnapshots({ onRecordingsDisk: await onRecordingsDisk(this.config.SNAPSHOTS_DIR) })),
      ...(await this.readObjects()),
    ];
  }

  /** The disk is swept though the object store is away. */
  private async readObjects(): Promise<Stored<ObjectPlace>[]> {
    try {
      return await this.objects.read();
    } catch (error) {
      this.logger.warn({ err: error }, 'the object store does not say what it holds: expired objects wait for the next sweep');
      return [];
    }
  }

  private async carryOut(deletions: readonly Deletion<Place>[]): Promise<void> {
    const done = new Map<string, { files: number; bytes: number }>();
    const failures: string[] = [];
    for (const { stored, reason } of deletions) {
      if (this.stopped) break;
      try {
        if (!(await this.remove(stored.place))) continue;
        this.metrics.deleted(stored.kind, reason, stored.sizeBytes);
        const sofar = done.get(`${stored.kind}, ${reason}`) ?? { files: 0, bytes: 0 };
        done.set(`${stored.kind}, ${reason}`, { files: sofar.files + 1, bytes: sofar.bytes + stored.sizeBytes });
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    if (done.size > 0) this.logger.info({ deleted: Object.fromEntries(done) }, 'retention deleted what was due');
    if (failures.length === 0) return;
    this.health = { state: 'degraded', sentence: `${failures.length} deletions failed, the first with: ${failures[0] ?? ''}` };
    this.logger.error({ failures: failures.length, examples: failures.slice(0, 3) }, 'some deletions failed; the next sweep tries again');
  }

  private remove(place: Place): Promise<boolean> {
    return 'tree' in place ? this.catalogue.remove(place) : this.objects.remove(place);
  }

  /** Into the health, and into the log when it is news. */
  private say(plan: RetentionPlan, disk: Volume | undefined): void {
    this.health = this.judge(plan, disk);
    if (this.health.state !== 'up' && this.health.sentence !== this.lastSaid) this.logger.warn(this.health.sentence);
    this.lastSaid = this.health.sentence;
  }

  private judge({ refusal, missingBytes }: RetentionPlan, disk: Volume | undefined): Health {
    if (refusal !== undefined) return { state: 'degraded', sentence: refusal };
    if (disk === undefined) return { state: 'degraded', sentence: `${this.config.RECORDINGS_DIR} is not there: check RECORDINGS_DIR and its mount` };
    if (missingBytes > 0) {
      const gigabytes = (missingBytes / BYTES_PER_GB).toFixed(1);
      return { state: 'degraded', sentence: `the disk of ${this.config.RECORDINGS_DIR} is full of something else: ${gigabytes} GB stay above DISK_LOW_PERCENT when all that may go has gone` };
    }
    return { state: 'up', sentence: 'the last sweep left the disk as it should be' };
  }

  private reloadCameras(): void {
    try {
      this.cameras = loadCameras(this.config.CAMERAS_FILE);
    } catch (error) {
      this.logger.warn({ err: error }, 'the cameras cannot be read: their last known retention stays in force');
    }
  }

  private rules(): RetentionRules {
    const { config, cameras } = this;
    return {
      footageMs: config.RETENTION_DAYS * DAY_MS,
      footageMsByCamera: new Map(cameras.flatMap(({ id, retention_days: days }) => (days === undefined ? [] : [[id, days * DAY_MS]]))),
      maxBytesByCamera: new Map(cameras.flatMap(({ id, max_gb: gigabytes }) => (gigabytes === undefined ? [] : [[id, gigabytes * BYTES_PER_GB]]))),
      clipMs: config.CLIP_RETENTION_DAYS * DAY_MS,
      snapshotMs: config.SNAPSHOT_RETENTION_DAYS * DAY_MS,
      highPercent: config.DISK_HIGH_PERCENT,
      lowPercent: config.DISK_LOW_PERCENT,
    };
  }
}
