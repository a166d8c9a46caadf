import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { errorCode, toSeconds, type Clock } from '@vr/base';
import type { BudgetsFile } from '@vr/contracts';
import {
  FootageCatalogue,
  forecastStorage,
  readBudgets,
  recordedCameras,
  retentionRules,
  type CameraForecast,
  type Forecast,
} from '@vr/retention';
import { CameraRoster, CLOCK, CONFIG } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** The folders are looked at no more often than this, however many ask. */
const FRESH_FOR_MS = 30_000;

interface VolumeView {
  name: 'recordings' | 'snapshots' | 'clips';
  total_bytes: number;
  free_bytes: number;
  used_percent: number;
}

interface CameraStorageView {
  camera_id: string;
  bytes: number;
  files: number;
  oldest?: number;
  /** From what the camera wrote in the last 24 hours, as if it recorded around the clock. */
  bytes_per_day?: number;
  retention_days: number;
  needed_bytes?: number;
}

export interface StorageView {
  volumes: VolumeView[];
  recordings: CameraStorageView[];
  retention: { footage_days: number; event_footage_days?: number; clip_days: number; snapshot_days: number };
  /**
   * How full the budgets of clips and snapshots were when the janitor looked last. Absent before its first pass. `at`
   * is in seconds.
   */
  budgets?: BudgetsFile;
  /** `days_until_full` is there only where retention does not fit. `warning` is for a person. */
  forecast: {
    bytes_per_day: number;
    needed_bytes: number;
    room_bytes?: number;
    days_until_full?: number;
    fits: boolean;
    warning?: string;
  };
}

@Injectable()
export class StorageService {
  private readonly footage: FootageCatalogue;
  private known: { view: Promise<StorageView>; takenMs: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
  ) {
    this.footage = new FootageCatalogue(config.RECORDINGS_DIR, clock);
  }

  view(): Promise<StorageView> {
    const nowMs = this.clock.monotonicMs();
    if (this.known && nowMs - this.known.takenMs < FRESH_FOR_MS) return this.known.view;
    const view = this.measure();
    this.known = { view, takenMs: nowMs };
    view.catch(() => (this.known = undefined));
    return view;
  }

  private async measure(): Promise<StorageView> {
    const { config } = this;
    const footage = await this.footage.refresh();
    const volumes = await Promise.all([
      space('recordings', config.RECORDINGS_DIR),
      space('snapshots', config.SNAPSHOTS_DIR),
      space('clips', config.CLIPS_DIR),
    ]);
    const forecast = forecastStorage({
      nowMs: this.clock.nowMs(),
      footage,
      rules: retentionRules(config, this.roster.all()),
      recorded: recordedCameras(this.roster.all()),
      volume: volumes[0],
    });
    return {
      volumes: volumes.filter((found) => found !== undefined).map(toVolumeView),
      recordings: forecast.cameras.map(toCameraView),
      retention: {
        footage_days: config.RETENTION_DAYS,
        event_footage_days: config.EVENT_FOOTAGE_DAYS,
        clip_days: config.CLIP_RETENTION_DAYS,
        snapshot_days: config.SNAPSHOT_RETENTION_DAYS,
      },
      budgets: await readBudgets(config.RECORDINGS_DIR),
      forecast: toForecastView(forecast),
    };
  }
}

interface Space {
  name: VolumeView['name'];
  usedBytes: number;
  freeBytes: number;
  totalBytes: number;
}

/** As `df` counts: what is kept for root is neither free nor used. Undefined where the folder does not exist yet. */
async function space(name: VolumeView['name'], path: string): Promise<Space | undefined> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(path);
    return { name, usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function toVolumeView({ name, usedBytes, freeBytes, totalBytes }: Space): VolumeView {
  return {
    name,
    total_bytes: totalBytes,
    free_bytes: freeBytes,
    used_percent: Math.round((usedBytes / Math.max(1, usedBytes + freeBytes)) * 1000) / 10,
  };
}

function toCameraView({
  cameraId,
  bytes,
  files,
  oldestMs,
  bytesPerDay,
  retentionDays,
  neededBytes,
}: CameraForecast): CameraStorageView {
  const oldest = oldestMs === undefined ? undefined : toSeconds(oldestMs);
  return {
    camera_id: cameraId,
    bytes,
    files,
    oldest,
    bytes_per_day: rounded(bytesPerDay),
    retention_days: retentionDays,
    needed_bytes: rounded(neededBytes),
  };
}

function toForecastView({
  bytesPerDay,
  neededBytes,
  roomBytes,
  daysUntilFull,
  warning,
}: Forecast): StorageView['forecast'] {
  const days = daysUntilFull === undefined ? undefined : Math.round(daysUntilFull * 100) / 100;
  const bytes = {
    bytes_per_day: Math.round(bytesPerDay),
    needed_bytes: Math.round(neededBytes),
    room_bytes: rounded(roomBytes),
  };
  return { ...bytes, days_until_full: days, fits: warning === undefined, warning };
}

function rounded(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round(bytes);
}
