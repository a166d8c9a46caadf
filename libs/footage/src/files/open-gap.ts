/**
 * gap.json holds an interruption that has begun and has no line in gaps.jsonl yet. The line is written once the end is
 * final, because the start of a young run settles within seconds. A recorder that ends or is killed before then leaves
 * start and reason to the next one.
 */
import { rm } from 'node:fs/promises';
import { confinedPath, joinNames, replaceFile, toSeconds } from '@vr/base';
import { gap, type GapReason } from '@vr/contracts';
import { statedOutage } from './camera-state';
import { listSegments, type Segment } from './catalogue';
import { appendGap, asReadBack, readGaps, type Gap } from './gaps';
import { makeFolder, SEAM_MS } from './names';
import { readSideJson, undefinedOutside, writeInPlaceOf } from './side-file';

export const OPEN_GAP_FILE = 'gap.json';
export const OPEN_GAP_TEMPORARY_FILE = `.${OPEN_GAP_FILE}.tmp`;

export interface OpenGap {
  startMs: number;
  reason: GapReason;
  /**
   * Where the next segment begins, once there is one. It lies before `startMs` where the clock was set back. It may
   * still move by seconds.
   */
  nextMs?: number | undefined;
}
/** The start of a young segment moves by less than this. */
const MOVES_MS = 10_000;

export async function writeOpenGap(
  recordingsDir: string,
  cameraId: string,
  { startMs, reason, nextMs }: OpenGap,
): Promise<void> {
  const folder = await makeFolder(recordingsDir, cameraId);
  const text = JSON.stringify({
    start: toSeconds(startMs),
    ...(nextMs !== undefined && { end: toSeconds(nextMs) }),
    reason,
  });
  const path = joinNames(folder, OPEN_GAP_FILE);
  await writeInPlaceOf(recordingsDir, path, () =>
    replaceFile(path, text, { temporaryName: OPEN_GAP_TEMPORARY_FILE, isDurable: false }),
  );
}

export async function removeOpenGap(recordingsDir: string, cameraId: string): Promise<void> {
  await rm(joinNames(await confinedPath(recordingsDir, cameraId), OPEN_GAP_FILE), { force: true });
}

/**
 * Writes the line that a killed recorder owes: from the start of the interruption to the first segment after it. Call
 * it once every segment is closed. It returns the interruption where nothing was recorded after it.
 */
export async function finishOpenGap(recordingsDir: string, cameraId: string): Promise<OpenGap | undefined> {
  const open = await readOpenGap(recordingsDir, cameraId);
  if (!open) return undefined;
  const next = segmentAfter(open, await listSegments(recordingsDir, cameraId));
  if (!next) return open;
  const line = lineOf({ startMs: open.startMs, endMs: next.startMs, reason: open.reason });
  if (Math.abs(line.endMs - line.startMs) > SEAM_MS && !(await isWritten(recordingsDir, cameraId, line)))
    await appendGap(recordingsDir, cameraId, line);
  await removeOpenGap(recordingsDir, cameraId);
  return undefined;
}

/**
 * The line of an interruption. One that ends before it begins means two recordings of the same instants. Only a clock
 * that was set back explains them, whatever else had interrupted the recording.
 */
export function lineOf({ startMs, endMs, reason }: Gap): Gap {
  return { startMs, endMs, reason: startMs - endMs > SEAM_MS ? 'clock_step' : reason };
}

function segmentAfter({ startMs, nextMs }: OpenGap, segments: Segment[]): Segment | undefined {
  const isSetBack = nextMs !== undefined && nextMs < startMs;
  const after = segments.filter((segment) => isSetBack || segment.startMs >= startMs - SEAM_MS);
  if (nextMs === undefined) return after[0];
  // Where the clock was set back, the first segment in time is not the one that was recorded next.
  const distanceMs = (segment: Segment): number => Math.abs(segment.startMs - nextMs);
  return after.filter((segment) => distanceMs(segment) < MOVES_MS).sort((a, b) => distanceMs(a) - distanceMs(b))[0];
}

async function isWritten(recordingsDir: string, cameraId: string, { startMs, endMs }: Gap): Promise<boolean> {
  const written = await readGaps(recordingsDir, cameraId, Math.min(startMs, endMs) - 1, Math.max(startMs, endMs) + 1);
  return written.some((line) => line.startMs === Math.min(startMs, endMs) && (endMs > startMs || line.endMs === endMs));
}

/**
 * The known interruptions that overlap [startMs, endMs), sorted as in `readGaps`: those with a line, and the one that
 * has none yet. The latter lasts until the next segment begins, or for ever where none follows. A camera that never
 * recorded has neither; state.json tells of it. Use this to say why footage is missing. The recorder asks what it has
 * written, and reads `readGaps`.
 */
export async function knownGaps(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
): Promise<Gap[]> {
  // gap.json comes first: the recorder removes it only when the line is written, so one of the two is seen.
  const open = await readOpenGap(recordingsDir, cameraId);
  const written = await readGaps(recordingsDir, cameraId, startMs, endMs);
  const unwritten = open ? unlessWritten(open, written) : await outageBehind(written, recordingsDir, cameraId);
  return unwritten && unwritten.startMs < endMs && unwritten.endMs > startMs
    ? [...written, unwritten].sort((a, b) => a.startMs - b.startMs)
    : written;
}

function unlessWritten({ startMs, nextMs = Infinity, reason }: OpenGap, written: Gap[]): Gap | undefined {
  const line = lineOf({ startMs, endMs: nextMs, reason });
  if (written.some((gap) => gap.reason === line.reason && gap.startMs === Math.min(startMs, nextMs))) return undefined;
  return asReadBack(line);
}

/** The outage begins after everything that is written, and ends where the next footage begins. */
async function outageBehind(written: Gap[], recordingsDir: string, cameraId: string): Promise<Gap | undefined> {
  const outage = await statedOutage(recordingsDir, cameraId);
  if (!outage) return undefined;
  const next = (await listSegments(recordingsDir, cameraId, outage.startMs))[0];
  const startMs = written.reduce((latestMs, gap) => Math.max(latestMs, gap.endMs), outage.startMs);
  const endMs = Math.min(outage.endMs, next?.startMs ?? Infinity);
  return endMs > startMs ? { ...outage, startMs, endMs } : undefined;
}

/** A file that is not whole says nothing. `footage check` then finds a gap without a line. */
async function readOpenGap(recordingsDir: string, cameraId: string): Promise<OpenGap | undefined> {
  const path = await confinedPath(recordingsDir, cameraId, OPEN_GAP_FILE).catch(undefinedOutside);
  const { data } = gap.partial({ end: true }).safeParse(path && (await readSideJson(path)));
  return (
    data && {
      startMs: data.start * 1000,
      reason: data.reason,
      nextMs: data.end === undefined ? undefined : data.end * 1000,
    }
  );
}
