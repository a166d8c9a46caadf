import { Inject, Injectable } from '@nestjs/common';
import { smallestOf, type Clock } from '@vr/base';
import {
  DELETION_REASONS,
  FootageCatalogue,
  footageBytes,
  footageStartMs,
  STORED_KINDS,
  type DeletionReason,
  type Forecast,
  type HoldReason,
  type StoredKind,
  type Volume,
} from '@vr/retention';
import { CLOCK, Counter, fromZero, Gauge, LOGGER, Registry, type Logger } from '@vr/service';
import { Volumes } from '../catalogue/volumes';

/** One reading serves all gauges of a scrape, and further scrapes within this time. */
const READING_LIFE_MS = 2000;
const BYTES_PER_GB = 1e9;
const MS_PER_HOUR = 3_600_000;

interface CameraUsage {
  bytes: number;
  oldestMs: number;
}

/** The figures of a pass. */
export interface PassFigures {
  heldBytes: Record<HoldReason, number>;
  missingBytes: number;
  forecast: Forecast;
  surveyMs: number;
  deleteMs: number;
}

/** Tells what the disk holds. It reads the disk when it is asked, so that no number is older than the scrape. */
@Injectable()
export class JanitorMetrics {
  private readonly deletedBytes: Counter<'kind' | 'reason'>;
  private readonly held: Gauge<'reason'>;
  private readonly missing: Gauge;
  private readonly bytesPerDay: Gauge<'camera'>;
  private readonly daysUntilFull: Gauge;
  private readonly lastPass: Gauge;
  private readonly passSeconds: Gauge<'phase'>;
  private reading: { startedMs: number; usage: Promise<Map<string, CameraUsage>> } | undefined;

  constructor(
    @Inject(Registry) private readonly registry: Registry,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FootageCatalogue) private readonly catalogue: FootageCatalogue,
    @Inject(Volumes) private readonly volumes: Volumes,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {
    const registers = [registry];
    this.deletedBytes = new Counter({
      name: 'retention_deleted_bytes_total',
      help: 'Bytes that retention has deleted.',
      labelNames: ['kind', 'reason'],
      registers,
    });
    fromZero(
      this.deletedBytes,
      STORED_KINDS.flatMap((kind) => DELETION_REASONS.map((reason) => ({ kind, reason }))),
    );
    this.held = new Gauge({
      name: 'retention_held_bytes',
      help: 'Bytes that retention or a full disk would take and that are held.',
      labelNames: ['reason'],
      registers,
    });
    this.missing = new Gauge({
      name: 'retention_missing_bytes',
      help: 'Bytes too many on the disk that may not be deleted. Above 0: see to it.',
      registers,
    });
    this.bytesPerDay = new Gauge({
      name: 'retention_forecast_bytes_per_day',
      help: 'What a camera writes in a day, by its last 24 hours.',
      labelNames: ['camera'],
      registers,
    });
    this.daysUntilFull = new Gauge({
      name: 'retention_days_until_full',
      help: 'Until the high mark; NaN where retention fits the disk.',
      registers,
    });
    this.lastPass = new Gauge({
      name: 'retention_last_pass_timestamp_seconds',
      help: 'When the last pass ended.',
      registers,
    });
    this.passSeconds = new Gauge({
      name: 'retention_pass_seconds',
      help: 'How long the last pass took to look and to delete.',
      labelNames: ['phase'],
      registers,
    });
    this.gauge('recording_disk_usage_gb', 'Footage on the disk, GB (1e9 bytes).', [], (usage) => [
      [{}, total(usage) / BYTES_PER_GB],
    ]);
    this.gauge(
      'recording_oldest_file_age_hours',
      'Age of the oldest footage file, hours since its start.',
      [],
      (usage) => [[{}, this.ageMs(oldest(usage)) / MS_PER_HOUR]],
    );
    this.gauge('recording_disk_usage_bytes', 'Footage on the disk by camera.', ['camera'], (usage) =>
      [...usage].map(([camera, { bytes }]) => [{ camera }, bytes]),
    );
    this.gauge(
      'recording_oldest_file_age_seconds',
      'Age of the oldest footage file by camera, since its start.',
      ['camera'],
      (usage) => [...usage].map(([camera, { oldestMs }]) => [{ camera }, this.ageMs(oldestMs) / 1000]),
    );
    this.volumeGauges();
  }

  deleted(kind: StoredKind, reason: DeletionReason, bytes: number): void {
    this.deletedBytes.inc({ kind, reason }, bytes);
  }

  passEnded({ heldBytes, missingBytes, forecast, surveyMs, deleteMs }: PassFigures): void {
    this.passSeconds.set({ phase: 'survey' }, surveyMs / 1000);
    this.passSeconds.set({ phase: 'delete' }, deleteMs / 1000);
    for (const [reason, bytes] of Object.entries(heldBytes)) this.held.set({ reason }, bytes);
    this.missing.set(missingBytes);
    this.bytesPerDay.reset();
    for (const { cameraId, bytesPerDay } of forecast.cameras)
      if (bytesPerDay !== undefined) this.bytesPerDay.set({ camera: cameraId }, bytesPerDay);
    this.daysUntilFull.set(forecast.daysUntilFull ?? NaN);
    this.lastPass.set(this.clock.nowMs() / 1000);
  }

  private gauge(
    name: string,
    help: string,
    labelNames: string[],
    values: (usage: Map<string, CameraUsage>) => [Record<string, string>, number][],
  ): void {
    const read = (): Promise<Map<string, CameraUsage>> => this.usage();
    const failed = (error: unknown): void => this.logger.error({ err: error }, `${name} cannot be read`);
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect() {
        try {
          const usage = await read();
          this.reset(); // forget cameras that are gone
          for (const [labels, value] of values(usage)) this.set(labels, value);
        } catch (error) {
          failed(error); // a folder that fails must not take the other metrics with it
        }
      },
    });
  }

  private volumeGauges(): void {
    const { volumes } = this;
    const gauge = (name: string, help: string, read: (volume: Volume) => number): void => {
      new Gauge({
        name,
        help,
        labelNames: ['volume'],
        registers: [this.registry],
        async collect() {
          this.reset();
          for (const volume of await volumes.all())
            for (const tree of volume.trees) this.set({ volume: tree }, read(volume));
        },
      });
    };
    gauge('disk_free_bytes', 'Free space of the disk that holds each folder.', ({ freeBytes }) => freeBytes);
    gauge('disk_size_bytes', 'What that disk holds, used and free.', (at) => at.usedBytes + at.freeBytes);
  }

  private usage(): Promise<Map<string, CameraUsage>> {
    const nowMs = this.clock.monotonicMs();
    if (this.reading === undefined || nowMs - this.reading.startedMs > READING_LIFE_MS)
      this.reading = { startedMs: nowMs, usage: this.readUsage() };
    return this.reading.usage;
  }

  private async readUsage(): Promise<Map<string, CameraUsage>> {
    const usage = new Map<string, CameraUsage>();
    for (const day of await this.catalogue.refresh()) {
      if (day.closed.length + day.open.length === 0) continue;
      const known = usage.get(day.cameraId);
      usage.set(day.cameraId, {
        bytes: (known?.bytes ?? 0) + footageBytes(day),
        oldestMs: Math.min(known?.oldestMs ?? Infinity, footageStartMs(day)),
      });
    }
    return usage;
  }

  private ageMs(startMs: number | undefined): number {
    return startMs === undefined ? 0 : Math.max(0, this.clock.nowMs() - startMs);
  }
}

function total(usage: Map<string, CameraUsage>): number {
  return [...usage.values()].reduce((bytes, camera) => bytes + camera.bytes, 0);
}

function oldest(usage: Map<string, CameraUsage>): number | undefined {
  return usage.size === 0 ? undefined : smallestOf([...usage.values()].map(({ oldestMs }) => oldestMs));
}
