import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/contracts';
import { CLOCK, Counter, Gauge, LOGGER, Registry, type Logger } from '@vr/service';
import { CatalogueAdapter } from './catalogue.adapter';
import type { Kind, Reason } from './retention-plan';
import { VolumeAdapter } from './volume.adapter';

/** One reading serves all the gauges of one scrape, and scrapes that come close together. */
const READING_LIFE_MS = 2000;
const BYTES_PER_GB = 1e9;
const MS_PER_HOUR = 3_600_000;

interface CameraUsage {
  bytes: number;
  oldestMs: number;
}

/** What the disk holds, read when it is asked for, so that no number is older than the scrape. */
@Injectable()
export class JanitorMetrics {
  private readonly deletedBytes: Counter<'kind' | 'reason'>;
  private reading: { startedMs: number; usage: Promise<Map<string, CameraUsage>> } | undefined;

  constructor(
    @Inject(Registry) private readonly registry: Registry,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CatalogueAdapter) private readonly catalogue: CatalogueAdapter,
    @Inject(VolumeAdapter) private readonly volumes: VolumeAdapter,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {
    this.deletedBytes = new Counter({ name: 'retention_deleted_bytes_total', help: 'Bytes that retention has deleted.', labelNames: ['kind', 'reason'], registers: [registry] });
    this.gauge('recording_disk_usage_gb', 'Footage on the disk, GB (1e9 bytes).', [], (usage) => [[{}, total(usage) / BYTES_PER_GB]]);
    this.gauge('recording_oldest_file_age_hours', 'Age of the oldest footage file, hours since its start.', [], (usage) => [[{}, this.ageMs(oldest(usage)) / MS_PER_HOUR]]);
    this.gauge('recording_disk_usage_bytes', 'Footage on the disk by camera.', ['camera'], (usage) => [...usage].map(([camera, { bytes }]) => [{ camera }, bytes]));
    this.gauge('recording_oldest_file_age_seconds', 'Age of the oldest footage file by camera, since its start.', ['camera'], (usage) =>
      [...usage].map(([camera, { oldestMs }]) => [{ camera }, this.ageMs(oldestMs) / 1000]),
    );
    this.freeGauge();
  }

  deleted(kind: Kind, reason: Reason, bytes: number): void {
    this.deletedBytes.inc({ kind, reason }, bytes);
  }

  private gauge(name: string, help: string, labelNames: string[], values: (usage: Map<string, CameraUsage>) => [Record<string, string>, number][]): void {
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
          this.reset(); // cameras that are gone
          for (const [labels, value] of values(usage)) this.set(labels, value);
        } catch (error) {
          failed(error); // one folder that fails must not take the other metrics with it
        }
      },
    });
  }

  private freeGauge(): void {
    const { catalogue, volumes } = this;
    new Gauge({
      name: 'disk_free_bytes',
      help: 'Free space of the disk that holds each folder.',
      labelNames: ['volume'],
      registers: [this.registry],
      async collect() {
        for (const volume of ['recordings', 'clips', 'snapshots'] as const) {
          const found = await volumes.read(catalogue.folderOf(volume)).catch(() => undefined);
          if (found) this.set({ volume }, found.freeBytes);
          else this.remove({ volume });
        }
      },
    });
  }

  private usage(): Promise<Map<string, CameraUsage>> {
    const nowMs = this.clock.monotonicMs();
    if (this.reading === undefined || nowMs - this.reading.startedMs > READING_LIFE_MS) this.reading = { startedMs: nowMs, usage: this.readUsage() };
    return this.reading.usage;
  }

  private async readUsage(): Promise<Map<string, CameraUsage>> {
    const usage = new Map<string, CameraUsage>();
    for (const { cameraId, sizeBytes, startMs, whenFull } of await this.catalogue.readFootage()) {
      if (whenFull === 'never') continue; // notes, not footage
      const known = usage.get(cameraId);
      usage.set(cameraId, { bytes: (known?.bytes ?? 0) + sizeBytes, oldestMs: Math.min(known?.oldestMs ?? Infinity, startMs) });
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
  return usage.size === 0 ? undefined : Math.min(...[...usage.values()].map(({ oldestMs }) => oldestMs));
}
