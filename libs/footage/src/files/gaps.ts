/**
 * gaps.jsonl has one line for each interruption: `{start, end, reason}`, in seconds. It lies in the folder of the day
 * on which the interruption began. A line that ends before it begins tells of a clock that was set back. The time
 * between its two ends was recorded twice.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  confinedPath,
  errorCode,
  errorText,
  joinNames,
  openPlainFile,
  OutsideRootError,
  passedOver,
  toSeconds,
  utcDay,
} from '@vr/base';
import { gap as gapSchema, type GapReason } from '@vr/contracts';
import { listDays } from './catalogue';
import { makeFolder } from './names';
import { isUnreadable, writeInPlaceOf } from './side-file';

export interface Gap {
  startMs: number;
  endMs: number;
  reason: GapReason;
}

export const GAPS_FILE = 'gaps.jsonl';
/** A repair that was killed may leave this file. The next one writes over it. */
export const GAPS_TEMPORARY_FILE = `.${GAPS_FILE}.tmp`;

/** Like 'a+', but it follows no link. */
const APPENDING =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The bound for one day: over 50,000 lines, one in two seconds. No recorder writes more, so of a larger file only the
 * end is read.
 */
const GAPS_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Once this resolves, the line survives a power cut. Call it again after an error, even if the line was written before
 * the error came: it is written once only.
 */
export async function appendGap(recordingsDir: string, cameraId: string, gap: Gap): Promise<void> {
  const folder = await makeFolder(recordingsDir, cameraId, utcDay(gap.startMs));
  const line = JSON.stringify({ start: toSeconds(gap.startMs), end: toSeconds(gap.endMs), reason: gap.reason });
  const path = joinNames(folder, GAPS_FILE);
  await writeInPlaceOf(recordingsDir, path, () => appendLine(path, line));
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, APPENDING, 0o666);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new OutsideRootError(`wanted a plain file, and ${path} is none`);
    const { size } = found;
    const tail = Buffer.alloc(Math.min(size, line.length + 1));
    await file.read(tail, 0, tail.length, size - tail.length);
    const last = tail.toString('latin1');
    // A power cut may have torn the last line. That line is lost, and this one must not be lost with it.
    const isWhole = size === 0 || last.endsWith('\n');
    if (last !== `${line}\n`) await file.appendFile(`${isWhole ? '' : '\n'}${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/**
 * The written interruptions that overlap [startMs, endMs), sorted. A clock that was set back has no length; it lies
 * where the clock was set to. A line that a power cut tore is passed over.
 */
export async function readGaps(
  recordingsDir: string,
  cameraId: string,
  startMs: number,
  endMs: number,
): Promise<Gap[]> {
  const days = (await listDays(recordingsDir, cameraId)).filter((day) => day <= utcDay(endMs));
  const gaps: Gap[] = [];
  // An interruption is written to the day on which it began. So this reads back to the first day before the range that
  // has any.
  for (const day of days.reverse()) {
    const found = await readDay(recordingsDir, cameraId, day);
    for (const gap of found) if (gap.startMs < endMs && gap.endMs > startMs) gaps.push(gap);
    if (day < utcDay(startMs) && found.length > 0) break;
  }
  return gaps.sort((a, b) => a.startMs - b.startMs);
}

async function readDay(recordingsDir: string, cameraId: string, day: string): Promise<Gap[]> {
  const path = joinNames(recordingsDir, cameraId, day, GAPS_FILE);
  try {
    await confinedPath(recordingsDir, cameraId, day);
    const { lines, unreadBytes } = await readGapLines(path);
    if (unreadBytes > 0) passedOver.tell(path, tooLarge(unreadBytes));
    return lines.flatMap(({ gap }) => (gap ? asReadBack(gap) : []));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    if (!isUnreadable(error)) throw error;
    passedOver.tell(path, errorText(error));
    return [];
  }
}

/** A clock that was set back left no hole. Its line has no length here, and lies where the clock was set to. */
export function asReadBack(gap: Gap): Gap {
  return { ...gap, startMs: Math.min(gap.startMs, gap.endMs) };
}

/** Why footage is missing from one instant to the other: the reason of the interruption that covers most of it. */
export function reasonOf(startMs: number, endMs: number, known: readonly Gap[]): GapReason {
  const overlapMs = (gap: Gap): number => Math.min(gap.endMs, endMs) - Math.max(gap.startMs, startMs);
  return known.filter((gap) => overlapMs(gap) > 0).sort((a, b) => overlapMs(b) - overlapMs(a))[0]?.reason ?? 'unknown';
}

export interface GapLine {
  text: string;
  /** Absent where the line does not hold a gap. */
  gap?: Gap;
  /** The line is no JSON: a power cut leaves such lines. */
  torn: boolean;
}

export function tooLarge(unreadBytes: number): string {
  return `wanted at most ${GAPS_FILE_BYTES} bytes: the lines in the ${unreadBytes} before them are not read`;
}

/**
 * The lines of a gaps.jsonl that are not empty. Of a file that is too large it gives those at the end, where a recorder
 * appends.
 */
export async function readGapLines(path: string): Promise<{ lines: GapLine[]; unreadBytes: number }> {
  const file = await openPlainFile(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, GAPS_FILE_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return { lines: parseGapLines(bytes.toString('utf8', 0, bytesRead)), unreadBytes: size - bytes.length };
  } finally {
    await file.close();
  }
}

function parseGapLines(text: string): GapLine[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLine);
}

function parseLine(text: string): GapLine {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { text, torn: true };
  }
  const gap = gapSchema.safeParse(parsed);
  if (!gap.success) return { text, torn: false };
  return {
    text,
    torn: false,
    gap: { startMs: gap.data.start * 1000, endMs: gap.data.end * 1000, reason: gap.data.reason },
  };
}
