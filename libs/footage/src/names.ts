/**
 * The names of footage files. Listing them answers "what exists from A to B": the start and, once closed, the length
 * stand in the name, so no file is opened and no database kept.
 */
import { join } from 'node:path';
import { utcDay } from '@vr/contracts';

export interface SegmentName {
  cameraId: string;
  startMs: number;
  /** Absent while the segment is being written. */
  durationMs?: number;
}

/** What a name has room for: over eleven days. More is no length of a segment but a damaged `tfdt`. */
export const MAX_DURATION_MS = 999_999_999;

const NAME = /^([A-Za-z0-9][A-Za-z0-9_-]{0,63})_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})(\d{2})\.(\d{3})Z(?:_(0|[1-9]\d{0,8})|\.part)\.mp4$/;

/** `cam_1_20261123_021500.123Z_3600040.mp4`, or with `.part` instead of the length while it is open. */
export function segmentFileName({ cameraId, startMs, durationMs }: SegmentName): string {
  const iso = new Date(startMs).toISOString(); // 2026-11-23T02:15:00.123Z
  const stamp = `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11).replaceAll(':', '')}`;
  return `${cameraId}_${stamp}${durationMs === undefined ? '.part' : `_${durationMs}`}.mp4`;
}

/** Undefined for every name that is not exactly one of ours. */
export function parseSegmentName(fileName: string): SegmentName | undefined {
  const match = NAME.exec(fileName);
  if (!match) return undefined;
  const [, cameraId = '', year, month, day, hour, minute, second, millisecond, duration] = match;
  const start = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), Number(millisecond)));
  // Date.UTC rolls over what is no date (month 13, second 61): only the name that this instant would get is ours.
  const isDate = start.getUTCFullYear() === Number(year) && start.getUTCMonth() === Number(month) - 1 && start.getUTCDate() === Number(day);
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return { cameraId, startMs: start.getTime(), durationMs: duration === undefined ? undefined : Number(duration) };
}

export function dayFolder(recordingsDir: string, cameraId: string, startMs: number): string {
  return join(recordingsDir, cameraId, utcDay(startMs));
}

/** A segment lies in the folder of the UTC day on which it starts. */
export function segmentPath(recordingsDir: string, cameraId: string, startMs: number, durationMs?: number): string {
  return join(dayFolder(recordingsDir, cameraId, startMs), segmentFileName({ cameraId, startMs, durationMs }));
}

export const QUARANTINE_FOLDER = '.quarantine';
