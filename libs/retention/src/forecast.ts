/** Tells whether the configured retention fits the disk, by what the cameras wrote in the last 24 hours. */
import { smallestOf, DAY_MS } from '@vr/base';
import { footageBytes, footageStartMs, type FootageDay } from './footage-days';
import type { RetentionRules, Volume } from './stored';
import { sum } from './sum';

/** Less footage than this says nothing about a day. */
const LEAST_MS = 10_000;
const BYTES_PER_GB = 1e9;

export interface CameraForecast {
  cameraId: string;
  bytes: number;
  files: number;
  oldestMs?: number;
  /**
   * Reckoned as if the camera recorded around the clock. It is absent where the last 24 hours have no footage, or where
   * the camera is no longer recorded.
   */
  bytesPerDay?: number;
  retentionDays: number;
  /** What the camera takes once its retention is reached, within its `max_gb`. */
  neededBytes?: number;
}

export interface Forecast {
  cameras: CameraForecast[];
  bytesPerDay: number;
  neededBytes: number;
  /** The room for footage below the disk's high mark. */
  roomBytes?: number;
  /** Days until the high mark. It is absent where retention keeps pace, or where nothing is known. */
  daysUntilFull?: number;
  /** Tells a person that retention does not fit the disk. */
  warning?: string;
}

type ForecastRules = Pick<
  RetentionRules,
  'footageMs' | 'footageMsByCamera' | 'maxBytesByCamera' | 'highPercent' | 'minFreeBytes'
>;

export function forecastStorage(o: {
  nowMs: number;
  footage: readonly FootageDay[];
  rules: ForecastRules;
  /** The cameras that are recorded. The footage of any other only shrinks, so it needs no room. */
  recorded: ReadonlySet<string>;
  volume?: Omit<Volume, 'trees'>;
}): Forecast {
  const byCamera = new Map<string, FootageDay[]>();
  for (const day of o.footage) byCamera.set(day.cameraId, [...(byCamera.get(day.cameraId) ?? []), day]);
  const cameras = [...byCamera]
    .map(([cameraId, days]) => forecastCamera(cameraId, days, o))
    .sort((a, b) => (a.cameraId < b.cameraId ? -1 : 1));
  const bytesPerDay = sum(cameras.map((camera) => camera.bytesPerDay ?? 0));
  const neededBytes = sum(cameras.map((camera) => camera.neededBytes ?? 0));
  if (!o.volume) return { cameras, bytesPerDay, neededBytes };
  const footageBytes = sum(cameras.map(({ bytes }) => bytes));
  const totalBytes = o.volume.usedBytes + o.volume.freeBytes;
  const ceilingBytes = Math.min((totalBytes * o.rules.highPercent) / 100, totalBytes - o.rules.minFreeBytes);
  const roomBytes = Math.max(0, ceilingBytes - (o.volume.usedBytes - footageBytes));
  if (bytesPerDay === 0 || neededBytes <= roomBytes) return { cameras, bytesPerDay, neededBytes, roomBytes };
  const daysUntilFull = Math.max(0, roomBytes - footageBytes) / bytesPerDay;
  return {
    cameras,
    bytesPerDay,
    neededBytes,
    roomBytes,
    daysUntilFull,
    warning: warningOf(cameras, { bytesPerDay, neededBytes, roomBytes }),
  };
}

function forecastCamera(
  cameraId: string,
  days: readonly FootageDay[],
  { nowMs, rules, recorded }: { nowMs: number; rules: ForecastRules; recorded: ReadonlySet<string> },
): CameraForecast {
  const bytes = sum(days.map(footageBytes));
  const files = sum(days.map(({ closed, open }) => closed.length + open.length));
  const oldestMs = smallestOf(days.map(footageStartMs));
  const retentionDays = (rules.footageMsByCamera.get(cameraId) ?? rules.footageMs) / DAY_MS;
  const known = { cameraId, bytes, files, retentionDays, ...(Number.isFinite(oldestMs) ? { oldestMs } : {}) };
  const bytesPerDay = recorded.has(cameraId) ? bytesPerRecordedDay(days, nowMs) : undefined;
  if (bytesPerDay === undefined) return known;
  return {
    ...known,
    bytesPerDay,
    neededBytes: Math.min(bytesPerDay * retentionDays, rules.maxBytesByCamera.get(cameraId) ?? Infinity),
  };
}

function bytesPerRecordedDay(days: readonly FootageDay[], nowMs: number): number | undefined {
  const sinceMs = nowMs - DAY_MS;
  let [recordedMs, bytes] = [0, 0];
  const add = (startMs: number, endMs: number, sizeBytes: number): void => {
    const sharedMs = Math.min(endMs, nowMs) - Math.max(startMs, sinceMs);
    if (sharedMs <= 0 || endMs <= startMs) return;
    recordedMs += sharedMs;
    bytes += (sizeBytes * sharedMs) / (endMs - startMs);
  };
  for (const { day, closed, open } of days) {
    if (Date.parse(day) + 2 * DAY_MS < sinceMs) continue;
    for (const { startMs, endMs, sizeBytes } of closed.toArray()) add(startMs, endMs, sizeBytes);
    for (const segment of open) add(segment.startMs, nowMs, segment.sizeBytes);
  }
  return recordedMs < LEAST_MS ? undefined : (bytes / recordedMs) * DAY_MS;
}

function warningOf(
  cameras: readonly CameraForecast[],
  o: { bytesPerDay: number; neededBytes: number; roomBytes: number },
): string {
  const recording = cameras.filter((camera) => camera.bytesPerDay !== undefined);
  const days = [...new Set(recording.map(({ retentionDays }) => retentionDays))].sort((a, b) => a - b);
  const megabits = (o.bytesPerDay * 8) / 86_400 / 1e6;
  return (
    `retention does not fit the disk: ${recording.length} camera${recording.length === 1 ? '' : 's'} ` +
    `with ${megabits.toFixed(1)} Mbit/s together ` +
    `need ${gigabytes(o.neededBytes)} for ${days.join(' to ')} days, the disk has ` +
    `${gigabytes(o.roomBytes)} for footage below its high mark: ` +
    `the oldest goes after about ${(o.roomBytes / o.bytesPerDay).toFixed(1)} days; take a larger disk, a ` +
    'shorter RETENTION_DAYS or a lower bit rate'
  );
}

function gigabytes(bytes: number): string {
  const gb = bytes / BYTES_PER_GB;
  return `${gb >= 100 ? gb.toFixed(0) : gb.toPrecision(2)} GB`;
}
