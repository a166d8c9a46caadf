/**
 * gap.json: an interruption that is over, but whose end may still move by a little (a young run's start settles within seconds).
 * Its line in gaps.jsonl is written when the end is known for good; a recorder that is killed before leaves this to the next one.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gap, toSeconds, type GapReason } from '@vr/contracts';
import { listSegments } from './catalogue';
import { appendGap, readGaps } from './gaps';

export const OPEN_GAP_FILE = 'gap.json';
export const OPEN_GAP_TEMPORARY_FILE = `.${OPEN_GAP_FILE}.tmp`;
/** Names carry whole ms and `tfdt` creeps by half a ms: a seam is no gap. */
const SEAM_MS = 20;

export interface OpenGap {
  startMs: number;
  reason: GapReason;
}

/** Call it beside the first segment after the interruption: its folder is there. */
export async function writeOpenGap(recordingsDir: string, cameraId: string, { startMs, reason }: OpenGap): Promise<void> {
  const temporary = join(recordingsDir, cameraId, OPEN_GAP_TEMPORARY_FILE);
  await writeFile(temporary, JSON.stringify({ start: toSeconds(startMs), reason }));
  await rename(temporary, join(recordingsDir, cameraId, OPEN_GAP_FILE));
}

export async function removeOpenGap(recordingsDir: string, cameraId: string): Promise<void> {
  await rm(join(recordingsDir, cameraId, OPEN_GAP_FILE), { force: true });
}

/**
 * Writes the line that a killed recorder owes: from where it began to the first segment after it. Call it when every segment is closed.
 * Answers an interruption after which nothing was recorded.
 */
export async function finishOpenGap(recordingsDir: string, cameraId: string): Promise<OpenGap | undefined> {
  const open = await readOpenGap(recordingsDir, cameraId);
  if (!open) return undefined;
  const next = (await listSegments(recordingsDir, cameraId)).find(({ startMs }) => startMs >= open.startMs - SEAM_MS);
  if (!next) return open;
  const isWritten = (await readGaps(recordingsDir, cameraId, open.startMs, next.startMs)).some(({ startMs }) => startMs === open.startMs);
  if (!isWritten && next.startMs - open.startMs > SEAM_MS) await appendGap(recordingsDir, cameraId, { ...open, endMs: next.startMs });
  await removeOpenGap(recordingsDir, cameraId);
  return undefined;
}

/** One that is not whole says nothing: `footage check` then finds a gap without a line. */
async function readOpenGap(recordingsDir: string, cameraId: string): Promise<OpenGap | undefined> {
  try {
    const parsed = gap.omit({ end: true }).safeParse(JSON.parse(await readFile(join(recordingsDir, cameraId, OPEN_GAP_FILE), 'utf8')));
    return parsed.success ? { startMs: parsed.data.start * 1000, reason: parsed.data.reason } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
