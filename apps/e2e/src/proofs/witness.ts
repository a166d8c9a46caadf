// Witnesses that did not write the disk say what it really holds: ffprobe, and the truth that the camera put into every
// frame.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@vr/base';
import { listDays, listSegments, type Segment } from '@vr/footage';
import { CAMERA_FPS, parseTruth, runToEnd } from '@vr/testing';

export const FRAME_MS = 1000 / CAMERA_FPS;

export interface WitnessedFrame {
  /** the simulator's number of it: one more each frame */
  frame: number;
  /** when the camera showed it */
  truthMs: number;
  /** when the footage says it was */
  stampMs: number;
}

export interface WitnessedSegment {
  segment: Segment;
  /**
   * The frames in the order of the file. Empty where it does not open, or where frames and time stamps differ in
   * number.
   */
  frames: WitnessedFrame[];
  /** What is wrong with the file by itself. Undefined where it is good. */
  complaint?: string;
}

/** Opens a camera's segments one after the other, also the one that is being written. */
export async function witnessSegments(recordingsDir: string, cameraId: string): Promise<WitnessedSegment[]> {
  const witnessed: WitnessedSegment[] = [];
  for (const segment of await listSegments(recordingsDir, cameraId)) witnessed.push(await witnessSegment(segment));
  return witnessed;
}

async function witnessSegment(segment: Segment): Promise<WitnessedSegment> {
  const { packetSeconds, complaint } = await openFile(segment.path);
  if (complaint !== undefined) return { segment, frames: [], complaint };
  const truth = parseTruth(await readFile(segment.path));
  if (truth.length !== packetSeconds.length)
    return {
      segment,
      frames: [],
      complaint: `${packetSeconds.length} frames, of which ${truth.length} are the camera's`,
    };
  return {
    segment,
    frames: truth.map(({ frame, wallMs }, i) => ({
      frame,
      truthMs: wallMs,
      stampMs: segment.startMs + (packetSeconds[i] ?? NaN) * 1000,
    })),
  };
}

/** Lets ffprobe read every packet. A warning is a complaint too. */
export async function openFile(path: string): Promise<{ packetSeconds: number[]; complaint?: string }> {
  try {
    const { stdout, stderr } = await runToEnd('ffprobe', [
      '-v',
      'warning',
      '-select_streams',
      'v:0',
      '-show_entries',
      'packet=pts_time',
      '-of',
      'csv=p=0',
      path,
    ]);
    const packetSeconds = stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map(parseFloat);
    if (stderr !== '') return { packetSeconds, complaint: stderr.trim() };
    return packetSeconds.length === 0 ? { packetSeconds, complaint: 'no packet of video' } : { packetSeconds };
  } catch (error) {
    return { packetSeconds: [], complaint: (error as Error).message };
  }
}

/** Neighbours by name whose first one ends after the second begins. */
export function overlapsIn(segments: readonly Segment[]): string[] {
  return segments.slice(1).flatMap((segment, i) => {
    const overlapMs = (segments[i]?.endMs ?? Infinity) - segment.startMs;
    return overlapMs > 0 ? [`${segments[i]?.fileName ?? ''} reaches ${overlapMs} ms into ${segment.fileName}`] : [];
  });
}

/** Numbers of frames that stand more than once. */
export function doubledIn(frames: readonly { frame: number }[]): number[] {
  const seen = new Set<number>();
  return frames.flatMap(({ frame }) => (seen.size === seen.add(frame).size ? [frame] : []));
}

export interface GapLine {
  startMs: number;
  endMs: number;
  reason: string;
}

/** The lines of gaps.jsonl of all days, as they stand there. @throws where a line is torn */
export async function gapLines(recordingsDir: string, cameraId: string): Promise<GapLine[]> {
  const days = await listDays(recordingsDir, cameraId);
  const texts = await Promise.all(
    days.map((day) => readFile(join(recordingsDir, cameraId, day, 'gaps.jsonl'), 'utf8').catch(absent)),
  );
  return texts
    .flatMap((text) => text.split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as { start: number; end: number; reason: string })
    .map(({ start, end, reason }) => ({ startMs: start * 1000, endMs: end * 1000, reason }));
}

function absent(error: unknown): string {
  if (errorCode(error) === 'ENOENT') return '';
  throw error;
}
