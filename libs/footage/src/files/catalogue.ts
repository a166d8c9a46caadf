/** Tells from names alone what footage exists, and opens no file. It passes over names that are not ours. */
import { readdir } from 'node:fs/promises';
import { errorCode, errorText, joinNames, passedOver, utcDay, DAY_MS, listFolder, noneWhereNothingIs } from '@vr/base';
import { cameraId as cameraIdSchema, isDay, isTrack } from '@vr/contracts';
import { parseSegmentName } from './names';

export interface Segment {
  /** The root that it lies in. */
  recordingsDir: string;
  cameraId: string;
  path: string;
  fileName: string;
  startMs: number;
  /** Absent while the segment is being written. */
  endMs?: number;
  /** Device and inode, known once the file was opened. They tell it from another file that took its name since. */
  fileId?: string;
}

/** Only plain files count: a link with the name of a segment is no segment. */
async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => noneWhereRefused(error, path));
  return entries.flatMap((entry) => (entry.isFile() ? entry.name : []));
}

/** One day that we may not read must not stop the recording, nor hide the other days. */
function noneWhereRefused(error: unknown, path: string): [] {
  if (errorCode(error) !== 'EACCES') return noneWhereNothingIs(error);
  passedOver.tell(path, errorText(error));
  return [];
}

export async function listCameras(recordingsDir: string): Promise<string[]> {
  return (await listFolder(recordingsDir)).filter((name) => cameraIdSchema.safeParse(name).success);
}

/** The tracks that have a folder: cameras, and their sub-streams as `cam_1.sub`. */
export async function listTracks(recordingsDir: string): Promise<string[]> {
  return (await listFolder(recordingsDir)).filter(isTrack);
}

/** The UTC days that have a folder, sorted. */
export async function listDays(recordingsDir: string, cameraId: string): Promise<string[]> {
  return (await listFolder(joinNames(recordingsDir, cameraId))).filter(isDay);
}

/** Segments that overlap [startMs, endMs), sorted by start. An open one counts as endless. */
export async function listSegments(
  recordingsDir: string,
  cameraId: string,
  startMs = -Infinity,
  endMs = Infinity,
): Promise<Segment[]> {
  const days = await listDays(recordingsDir, cameraId);
  // A segment lies in the day on which it starts and may reach into the next.
  const firstDay = startMs === -Infinity ? '' : utcDay(startMs - DAY_MS);
  const lastDay = endMs === Infinity ? '9999' : utcDay(endMs);
  const segments: Segment[] = [];
  for (const day of days.filter((d) => d >= firstDay && d <= lastDay)) {
    const folder = joinNames(recordingsDir, cameraId, day);
    for (const fileName of await listFiles(folder)) {
      const name = parseSegmentName(fileName);
      if (name?.cameraId !== cameraId) continue;
      const end = name.durationMs === undefined ? undefined : name.startMs + name.durationMs;
      if (name.startMs < endMs && (end ?? Infinity) > startMs) {
        segments.push({
          recordingsDir,
          cameraId,
          path: `${folder}/${fileName}`,
          fileName,
          startMs: name.startMs,
          endMs: end,
        });
      }
    }
  }
  return segments.sort((a, b) => a.startMs - b.startMs);
}
