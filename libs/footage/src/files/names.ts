/**
 * The names of footage files. Listing them answers "what exists from A to B": the start and, once closed, the length
 * stand in the name, so no file is opened and no database kept.
 */
import { mkdir } from 'node:fs/promises';
import { confinedPath, joinNames, utcDay } from '@vr/base';

export interface SegmentName {
  cameraId: string;
  startMs: number;
  /** Absent while the segment is being written. */
  durationMs?: number;
}

/** What a name has room for: over eleven days. More is no length of a segment but a damaged `tfdt`. */
export const MAX_DURATION_MS = 999_999_999;

/**
 * Segments that lie no further apart, or overlap by no more, follow each other without a gap. Names carry whole ms, and
 * the clock model moves `tfdt` by up to half a ms for each second.
 */
export const SEAM_MS = 20;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}_\d{8}_\d{6}\.\d{3}Z(?:_(?:0|[1-9]\d{0,8})|\.part)\.mp4$/;
const EXTENSION = '.mp4';
const ZERO = 48;

/** `cam_1_20261123_021500.123Z_3600040.mp4`, or with `.part` instead of the length while it is open. */
export function segmentFileName({ cameraId, startMs, durationMs }: SegmentName): string {
  const iso = new Date(startMs).toISOString(); // 2026-11-23T02:15:00.123Z
  const stamp = `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11).replaceAll(':', '')}`;
  return `${cameraId}_${stamp}${durationMs === undefined ? '.part' : `_${durationMs}`}.mp4`;
}

/** Undefined for every name that is not exactly one of ours. */
export function parseSegmentName(fileName: string): SegmentName | undefined {
  if (!NAME.test(fileName)) return undefined;
  // The shape is known now, and its fields have their places before the last Z. Read one by one, because the ten
  // strings that a match makes of each of a million names keep the collector busier than the names do.
  const z = fileName.lastIndexOf('Z');
  const year = digits(fileName, z - 19, 4);
  const month = digits(fileName, z - 15, 2);
  const day = digits(fileName, z - 13, 2);
  const hour = digits(fileName, z - 10, 2);
  const minute = digits(fileName, z - 8, 2);
  const second = digits(fileName, z - 6, 2);
  const dayMs = Date.UTC(year, month - 1, day);
  // Date.UTC rolls over what is no date (month 13, second 61) and takes the year 26 for 1926: only what it does not
  // change is ours.
  if (
    year < 100 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    dayMs >= Date.UTC(year, month, 1) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return undefined;
  const startMs = dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + digits(fileName, z - 3, 3);
  const isOpen = fileName.charAt(z + 1) === '.';
  return {
    cameraId: fileName.slice(0, z - 20),
    startMs,
    durationMs: isOpen ? undefined : digits(fileName, z + 2, fileName.length - EXTENSION.length - z - 2),
  };
}

/** Of text that is known to be digits. */
function digits(text: string, from: number, length: number): number {
  let value = 0;
  for (let i = from; i < from + length; i++) value = value * 10 + text.charCodeAt(i) - ZERO;
  return value;
}

export function dayFolder(recordingsDir: string, cameraId: string, startMs: number): string {
  return joinNames(recordingsDir, cameraId, utcDay(startMs));
}

/** A segment lies in the folder of the UTC day on which it starts. */
export function segmentPath(recordingsDir: string, cameraId: string, startMs: number, durationMs?: number): string {
  return joinNames(dayFolder(recordingsDir, cameraId, startMs), segmentFileName({ cameraId, startMs, durationMs }));
}

/**
 * A folder below RECORDINGS_DIR, made where it is not there, for whoever is about to write in it. Throws
 * OutsideRootError where a link leads out of RECORDINGS_DIR.
 */
export async function makeFolder(recordingsDir: string, ...names: readonly string[]): Promise<string> {
  const folder = await confinedPath(recordingsDir, ...names);
  await mkdir(folder, { recursive: true });
  return folder;
}

export const QUARANTINE_FOLDER = '.quarantine';
/** In a camera's folder: see libs/protections. */
export const PROTECTIONS_FOLDER = 'protections';
