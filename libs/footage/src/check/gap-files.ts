/** Checks gaps.jsonl line by line, and repairs it where that is asked for. */
import { errorCode, maskSecrets, replaceFile, utcDay } from '@vr/base';
import { GAPS_TEMPORARY_FILE, readGapLines, tooLarge, type Gap, type GapLine } from '../files/gaps';
import type { CameraFolder } from './camera-folder';
import { SET_BACK } from '../read/continuity';
import { instant, NOT_REPAIRED, type Fault, type Finding } from './findings';

/** `writtenFromMs`: from this day on a living recorder may append. Those files are not rewritten. */
export async function checkGapFiles(
  { cameraId, gapFiles }: CameraFolder,
  o: { repair: boolean; writtenFromMs: number },
): Promise<{ lines: Gap[]; findings: Finding[] }> {
  const lines: Gap[] = [];
  const findings: Finding[] = [];
  for (const { path, day } of gapFiles) {
    const read = await readLines(path);
    if ('unreadable' in read) {
      findings.push({
        kind: 'file_unreadable',
        cameraId,
        path,
        wanted: 'a file that can be read',
        found: read.unreadable,
        repaired: false,
        ...(o.repair ? { repair: NOT_REPAIRED } : {}),
      });
      continue;
    }
    for (const { gap } of read.lines) if (gap) lines.push(gap);
    const wrong = read.lines.flatMap((line): Finding[] => {
      const fault = faultOf(line);
      return fault
        ? [{ ...fault, cameraId, path, repaired: false, ...(o.repair ? { repair: NOT_REPAIRED } : {}) }]
        : [];
    });
    for (const finding of wrong) findings.push(finding);
    const torn = wrong.filter(({ kind }) => kind === 'gap_line_torn');
    if (!o.repair || torn.length === 0) continue;
    const outcome =
      day >= dayOf(o.writtenFromMs)
        ? 'nothing: a recorder may be appending to this file'
        : await rewrite(path, read.lines);
    for (const finding of torn)
      Object.assign(finding, { repaired: outcome === undefined, repair: outcome ?? 'the line was removed' });
  }
  return { lines: lines.sort((a, b) => a.startMs - b.startMs), findings };
}

function faultOf({ text, gap, torn }: GapLine): Fault | undefined {
  const found = maskSecrets(text, { upTo: 120 }).replaceAll('\0', '\\0');
  if (torn) return { kind: 'gap_line_torn', wanted: 'a whole line of JSON', found };
  if (!gap)
    return { kind: 'gap_line_invalid', wanted: '{"start", "end", "reason"} with a reason that is known', found };
  if (gap.endMs >= gap.startMs || SET_BACK.has(gap.reason)) return undefined;
  return { kind: 'gap_line_invalid', wanted: `an end after ${instant(gap.startMs)}`, found: instant(gap.endMs) };
}

async function readLines(path: string): Promise<{ lines: GapLine[] } | { unreadable: string }> {
  try {
    const { lines, unreadBytes } = await readGapLines(path);
    return unreadBytes > 0 ? { unreadable: tooLarge(unreadBytes) } : { lines };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { lines: [] };
    return { unreadable: (error as Error).message };
  }
}

/**
 * Writes the file without its torn lines. At every instant it is the old file or the new one. Returns why it could not.
 */
async function rewrite(path: string, lines: readonly GapLine[]): Promise<string | undefined> {
  const whole = lines.flatMap(({ text, torn }) => (torn ? [] : [`${text}\n`])).join('');
  try {
    await replaceFile(path, whole, { temporaryName: GAPS_TEMPORARY_FILE, isDurable: true });
    return undefined;
  } catch (error) {
    return `failed: ${(error as Error).message}`;
  }
}

function dayOf(ms: number): string {
  return ms === Infinity ? '9999' : utcDay(ms);
}
