/** One camera's folder as it is: its segments, its files of gaps, and what does not belong there. It opens no file. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { confinedPath, utcDay, listFolder } from '@vr/base';
import { isDay, isTrack } from '@vr/contracts';
import { GAPS_FILE, GAPS_TEMPORARY_FILE } from '../files/gaps';
import { parseSegmentName, PROTECTIONS_FOLDER } from '../files/names';
import { OPEN_GAP_FILE, OPEN_GAP_TEMPORARY_FILE } from '../files/open-gap';
import type { Fault } from './findings';

export interface FoundSegment {
  cameraId: string;
  path: string;
  fileName: string;
  startMs: number;
  /** Absent while it is open. */
  durationMs?: number;
  /** Where the folders around it disagree with its name. */
  faults: Fault[];
}

export interface CameraFolder {
  cameraId: string;
  /** Sorted by start. */
  segments: FoundSegment[];
  gapFiles: { path: string; day: string }[];
  faults: (Fault & { path: string })[];
}

const OTHERS = new Set(['state.json', '.state.json.tmp', OPEN_GAP_FILE, OPEN_GAP_TEMPORARY_FILE, PROTECTIONS_FOLDER]);

export async function readCameraFolder(recordingsDir: string, cameraId: string): Promise<CameraFolder> {
  const folder: CameraFolder = { cameraId, segments: [], gapFiles: [], faults: [] };
  const path = join(recordingsDir, cameraId);
  for (const name of await namesIn(path, confinedPath(recordingsDir, cameraId), folder)) {
    if (isDay(name)) await readDay(join(path, name), confinedPath(recordingsDir, cameraId, name), name, folder);
    else if (!OTHERS.has(name))
      folder.faults.push({
        path: join(path, name),
        ...unknown("only a camera's day folders, state.json, gap.json and protections"),
      });
  }
  folder.segments.sort((a, b) => a.startMs - b.startMs);
  return folder;
}

async function readDay(path: string, confined: Promise<string>, day: string, folder: CameraFolder): Promise<void> {
  for (const fileName of await namesIn(path, confined, folder)) {
    const file = join(path, fileName);
    if (fileName === GAPS_FILE) {
      folder.gapFiles.push({ path: file, day });
      continue;
    }
    if (fileName === GAPS_TEMPORARY_FILE) continue;
    const name = parseSegmentName(fileName);
    if (!name) folder.faults.push({ path: file, ...unknown('only segments and gaps.jsonl') });
    else if (name.cameraId !== folder.cameraId) {
      folder.faults.push({
        path: file,
        kind: 'camera_folder_wrong',
        wanted: `segments of ${folder.cameraId}`,
        found: `one of ${name.cameraId}`,
      });
    } else {
      const wantedDay = utcDay(name.startMs);
      const faults: Fault[] =
        wantedDay === day ? [] : [{ kind: 'day_folder_wrong', wanted: `the folder ${wantedDay}`, found: day }];
      folder.segments.push({
        cameraId: name.cameraId,
        path: file,
        fileName,
        startMs: name.startMs,
        durationMs: name.durationMs,
        faults,
      });
    }
  }
}

/**
 * What lies in the folder of recordings. Throws where that folder does not exist. Names that begin with a dot, and
 * lost+found, belong to the system or to us.
 */
export async function readRecordings(
  recordingsDir: string,
): Promise<{ cameraIds: string[]; faults: CameraFolder['faults'] }> {
  const cameraIds: string[] = [];
  const faults: CameraFolder['faults'] = [];
  for (const name of (await readdir(recordingsDir)).sort()) {
    if (name.startsWith('.') || name === 'lost+found') continue;
    const path = join(recordingsDir, name);
    if (isTrack(name) && (await isFolder(path))) cameraIds.push(name);
    else faults.push({ path, ...unknown('only folders of cameras') });
  }
  return { cameraIds, faults };
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false; // a link is none of ours
}

/**
 * The names in a folder, if it is a folder in RECORDINGS_DIR. What lies behind a link is neither looked at nor
 * repaired.
 */
async function namesIn(path: string, confined: Promise<string>, folder: CameraFolder): Promise<string[]> {
  try {
    return await listFolder(await confined);
  } catch (error) {
    folder.faults.push({
      path,
      kind: 'file_unreadable',
      wanted: 'a folder that can be listed',
      found: (error as Error).message,
    });
    return [];
  }
}

function unknown(wanted: string): Fault {
  return { kind: 'file_unknown', wanted, found: 'a file or folder that is not ours' };
}
