import { statfs } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { errorCode, toSeconds, type Clock } from '@vr/base';
import {
  cameraId,
  cameraOfTrack,
  streamOfTrack,
  type CameraStorageView,
  type ForecastView,
  type StorageAnswer,
  type VolumeView,
} from '@vr/contracts';
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

@Injectable()
export class StorageService {
  private readonly footage: FootageCatalogue;
  private known: { view: Promise<StorageAnswer>; takenMs: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
  ) {
    this.footage = new FootageCatalogue(config.RECORDINGS_DIR, clock);
  }

  view(): Promise<StorageAnswer> {
    const nowMs = this.clock.monotonicMs();
    if (this.known && nowMs - this.known.takenMs < FRESH_FOR_MS) return this.known.view;
    const view = this.measure();
    this.known = { view, takenMs: nowMs };
    view.catch(() => (this.known = undefined));
    return view;
  }

  private async measure(): Promise<StorageAnswer> {
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
  cameraId: camera,
  bytes,
  files,
  oldestMs,
  bytesPerDay,
  retentionDays,
  neededBytes,
}: CameraForecast): CameraStorageView {
  const oldest = oldestMs === undefined ? undefined : toSeconds(oldestMs);
  return {
    camera_id: cameraId.parse(cameraOfTrack(camera)),
    stream: streamOfTrack(camera),
    bytes,
    files,
    oldest,
    bytes_per_day: rounded(bytesPerDay),
    retention_days: retentionDays,
    needed_bytes: rounded(neededBytes),
  };
}

function toForecastView({ bytesPerDay, neededBytes, roomBytes, daysUntilFull, warning }: Forecast): ForecastView {
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
