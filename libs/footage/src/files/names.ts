/**
 * The names of footage files. A name holds the start and, once the segment is closed, the length. So a listing answers
 * "what exists from A to B", without opening a file and without a database.
 */
import { mkdir } from 'node:fs/promises';
import { confinedPath, joinNames, utcDay } from '@vr/base';

export interface SegmentName {
  /** The track: the camera's id, with `.sub` behind it for footage of its sub-stream. */
  cameraId: string;
  startMs: number;
  /** Absent while the segment is being written. */
  durationMs?: number;
}

/** The longest length that fits into a name: over eleven days. A longer one comes from a damaged `tfdt`. */
export const MAX_DURATION_MS = 999_999_999;

/**
 * Segments that lie no further apart, or overlap by no more, follow each other without a gap. Names carry whole ms, and
 * the clock model moves `tfdt` by up to half a ms for each second.
 */
export const SEAM_MS = 20;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:\.sub)?_\d{8}_\d{6}\.\d{3}Z(?:_(?:0|[1-9]\d{0,8})|\.part)\.mp4$/;
const EXTENSION = '.mp4';
const ZERO = 48;

/** `cam_1_20261123_021500.123Z_3600040.mp4`. While the segment is open, `.part` stands in place of the length. */
export function segmentFileName({ cameraId, startMs, durationMs }: SegmentName): string {
  const iso = new Date(startMs).toISOString(); // 2026-11-23T02:15:00.123Z
  const stamp = `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11).replaceAll(':', '')}`;
  return `${cameraId}_${stamp}${durationMs === undefined ? '.part' : `_${durationMs}`}.mp4`;
}

/** Undefined for every name that is not exactly one of ours. */
export function parseSegmentName(fileName: string): SegmentName | undefined {
  if (!NAME.test(fileName)) return undefined;
  // The name has our shape, so each field has its place before the last Z. The fields are read one by one: the ten
  // strings that a match makes of each of a million names would keep the garbage collector busy.
  const z = fileName.lastIndexOf('Z');
  const year = digits(fileName, z - 19, 4);
  const month = digits(fileName, z - 15, 2);
  const day = digits(fileName, z - 13, 2);
  const hour = digits(fileName, z - 10, 2);
  const minute = digits(fileName, z - 8, 2);
  const second = digits(fileName, z - 6, 2);
  const dayMs = Date.UTC(year, month - 1, day);
  // Date.UTC changes what is no date (month 13, second 61) and takes the year 26 for 1926. Only a date that it does not
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

/** The text must hold digits only. */
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
 * Makes a folder below RECORDINGS_DIR where it does not exist yet, for a caller that is about to write. Throws
 * OutsideRootError where a link leads out of RECORDINGS_DIR.
 */
export async function makeFolder(recordingsDir: string, ...names: readonly string[]): Promise<string> {
  const folder = await confinedPath(recordingsDir, ...names);
  await mkdir(folder, { recursive: true });
  return folder;
}

export const QUARANTINE_FOLDER = '.quarantine';
/** It lies in a camera's folder: see libs/protections. */
export const PROTECTIONS_FOLDER = 'protections';
