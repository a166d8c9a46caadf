import { DAY_MS } from '@vr/base';
import { trackOf, type CameraConfig } from '@vr/contracts';
import type { RetentionRules, StoredKind } from './stored';

const BYTES_PER_GB = 1e9;

/** The settings of retention by their names in the contract. A reader may leave out the optional ones. */
export interface RetentionSettings {
  RETENTION_DAYS: number;
  EVENT_FOOTAGE_DAYS?: number;
  CLIP_RETENTION_DAYS: number;
  SNAPSHOT_RETENTION_DAYS: number;
  DISK_HIGH_PERCENT: number;
  DISK_LOW_PERCENT: number;
  DISK_MIN_FREE_GB: number;
  PROTECT_MAX_PERCENT?: number;
}

export function retentionRules(
  settings: RetentionSettings,
  cameras: readonly Pick<CameraConfig, 'id' | 'retention_days' | 'sub_retention_days' | 'max_gb'>[],
): RetentionRules {
  return {
    footageMs: settings.RETENTION_DAYS * DAY_MS,
    footageMsByCamera: new Map(
      cameras.flatMap(({ id, retention_days: days, sub_retention_days: subDays = days }) => [
        ...daysOf(trackOf(id, 'main'), days),
        ...daysOf(trackOf(id, 'sub'), subDays),
      ]),
    ),
    eventFootageMs: (settings.EVENT_FOOTAGE_DAYS ?? 0) * DAY_MS,
    maxBytesByCamera: new Map(
      cameras.flatMap(({ id, max_gb: gigabytes }) => (gigabytes === undefined ? [] : [[id, gigabytes * BYTES_PER_GB]])),
    ),
    clipMs: settings.CLIP_RETENTION_DAYS * DAY_MS,
    snapshotMs: settings.SNAPSHOT_RETENTION_DAYS * DAY_MS,
    highPercent: settings.DISK_HIGH_PERCENT,
    lowPercent: settings.DISK_LOW_PERCENT,
    ...(settings.PROTECT_MAX_PERCENT !== undefined && { protectPercent: settings.PROTECT_MAX_PERCENT }),
    minFreeBytes: settings.DISK_MIN_FREE_GB * BYTES_PER_GB,
  };
}

function daysOf(track: string, days: number | undefined): [string, number][] {
  return days === undefined ? [] : [[track, days * DAY_MS]];
}

/** How long a thing is kept. gaps.jsonl and the files in quarantine are kept as long as footage. */
export function retentionMs(rules: RetentionRules, kind: StoredKind, cameraId: string): number {
  if (kind === 'clip' || kind === 'clip_object') return rules.clipMs;
  if (kind === 'snapshot' || kind === 'snapshot_object') return rules.snapshotMs;
  return rules.footageMsByCamera.get(cameraId) ?? rules.footageMs;
}

/** The tracks of the cameras that are configured and switched on. */
export function recordedCameras(cameras: readonly Pick<CameraConfig, 'id' | 'enabled' | 'sub_url'>[]): Set<string> {
  return new Set(
    cameras
      .filter(({ enabled }) => enabled)
      .flatMap(({ id, sub_url: subUrl }) => [id, ...(subUrl === undefined ? [] : [trackOf(id, 'sub')])]),
  );
}
