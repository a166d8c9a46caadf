/** gaps.jsonl: one line per interruption, `{start, end, reason}` in seconds, in the folder of the day on which it began. */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gap as gapSchema, toSeconds, utcDay, type GapReason } from '@vr/contracts';
import { listDays } from './catalogue';
import { dayFolder } from './names';

export interface Gap {
  startMs: number;
  endMs: number;
  reason: GapReason;
}

const FILE = 'gaps.jsonl';

export async function appendGap(recordingsDir: string, cameraId: string, gap: Gap): Promise<void> {
  const folder = dayFolder(recordingsDir, cameraId, gap.startMs);
  await mkdir(folder, { recursive: true });
  const line = JSON.stringify({ start: toSeconds(gap.startMs), end: toSeconds(gap.endMs), reason: gap.reason });
  await appendFile(join(folder, FILE), `${line}\n`);
}

/** The written interruptions that overlap [startMs, endMs), sorted. A torn line (power cut) is passed over. */
export async function readGaps(recordingsDir: string, cameraId: string, startMs: number, endMs: number): Promise<Gap[]> {
  const days = (await listDays(recordingsDir, cameraId)).filter((day) => day <= utcDay(endMs));
  const gaps: Gap[] = [];
  // An interruption stands in the day on which it began: read back to the first day before the range that has any.
  for (const day of days.reverse()) {
    const found = await readDay(join(recordingsDir, cameraId, day, FILE));
    gaps.push(...found.filter((gap) => gap.startMs < endMs && gap.endMs > startMs));
    if (day < utcDay(startMs) && found.length > 0) break;
  }
  return gaps.sort((a, b) => a.startMs - b.startMs);
}

async function readDay(path: string): Promise<Gap[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const gap = gapSchema.safeParse(parseLine(line));
    return gap.success ? [{ startMs: gap.data.start * 1000, endMs: gap.data.end * 1000, reason: gap.data.reason }] : [];
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
