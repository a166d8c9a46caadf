/**
 * The truth check: whether the footage on the disk is what its names, its indexes and gaps.jsonl say. It reads headers,
 * never media, so it does not see damage inside a picture. It may run beside a recorder and never disturbs it: what a
 * living recorder is writing is judged mildly and not touched.
 */
import { join, relative } from 'node:path';
import { type Clock, listFolder } from '@vr/base';
import type { GapReason } from '@vr/contracts';
import { appendGap, GAPS_FILE, reasonOf, type Gap } from '../files/gaps';
import { dayFolder, QUARANTINE_FOLDER } from '../files/names';
import { knownGaps } from '../files/open-gap';
import { readCameraFolder, readRecordings, type CameraFolder, type FoundSegment } from './camera-folder';
import { continuityOf, type Continuity, type SpanMs } from '../read/continuity';
import { instant, NOT_REPAIRED, type CameraGap, type Fault, type Finding, type FootageReport } from './findings';
import { checkGapFiles } from './gap-files';
import { isOpen, readLiveness, YOUNG_MS, type Liveness } from './liveness';
import { checkSegment, type CheckedSegment } from './segment-check';

export interface CheckFootageOptions {
  recordingsDir: string;
  /** Absent: all cameras. */
  cameraIds?: readonly string[];
  /** It looks at what overlaps [fromMs, toMs); absent: at everything. */
  fromMs?: number;
  toMs?: number;
  /** Repair what can be repaired without a loss. It never deletes footage. */
  repair?: boolean;
  /** The caller knows that no recorder runs. Then nothing is excused by one, and every open segment is abandoned. */
  recorderStopped?: boolean;
  onProgress?: (progress: CheckProgress) => void;
  clock: Clock;
}

export interface CheckProgress {
  cameraId: string;
  /** Segments that were looked at, of all cameras. */
  done: number;
  total: number;
}

type PlacedSpan = SpanMs & { path: string };

/** @throws where the folder of recordings, or a named camera, does not exist */
export async function checkFootage(options: CheckFootageOptions): Promise<FootageReport> {
  const { recordingsDir, repair = false } = options;
  const all = await readRecordings(recordingsDir);
  const unknown = options.cameraIds?.find((id) => !all.cameraIds.includes(id));
  if (unknown !== undefined)
    throw new Error(
      `no footage of a camera ${unknown} in ${recordingsDir}; there are ${all.cameraIds.join(', ') || 'none'}`,
    );
  const report: FootageReport = {
    findings: options.cameraIds ? [] : all.faults.map((fault) => findingOf(fault, repair)),
    gaps: [],
    totals: {
      cameras: 0,
      segments: 0,
      openSegments: 0,
      sizeBytes: 0,
      footageMs: 0,
      gapMs: 0,
      findings: 0,
      repaired: 0,
      quarantined: 0,
    },
  };
  const folders: CameraFolder[] = [];
  for (const cameraId of options.cameraIds ?? all.cameraIds)
    folders.push(await readCameraFolder(recordingsDir, cameraId));
  const total = folders.reduce(
    (sum, { segments }) => sum + segments.filter((segment) => isWanted(segment, options)).length,
    0,
  );
  let done = 0;
  for (const folder of folders) {
    await checkCamera(folder, options, report, () =>
      options.onProgress?.({ cameraId: folder.cameraId, done: ++done, total }),
    );
  }
  const { totals } = report;
  totals.cameras = folders.length;
  totals.findings = report.findings.length;
  totals.repaired = report.findings.filter(({ repaired }) => repaired).length;
  totals.quarantined = (await listFolder(join(recordingsDir, QUARANTINE_FOLDER))).length;
  totals.gapMs = report.gaps.reduce((sum, gap) => sum + gap.endMs - gap.startMs, 0);
  return report;
}

async function checkCamera(
  folder: CameraFolder,
  options: CheckFootageOptions,
  report: FootageReport,
  looked: () => void,
): Promise<void> {
  const { recordingsDir, repair = false, clock } = options;
  const { cameraId } = folder;
  const live: Liveness = options.recorderStopped
    ? { recorder: false, open: new Set() }
    : await readLiveness(recordingsDir, folder, clock.nowMs());
  for (const fault of folder.faults) report.findings.push({ ...findingOf(fault, repair), cameraId });
  const spans: PlacedSpan[] = [];
  for (const segment of folder.segments) {
    const wanted = isWanted(segment, options);
    const checked = wanted
      ? await checkSegment(segment, { recordingsDir, live: live.open.has(segment.path), repair })
      : byName(segment);
    if (checked.span) spans.push({ ...checked.span, path: checked.path });
    if (!wanted) continue;
    for (const finding of checked.findings) report.findings.push(finding);
    report.totals.segments++;
    report.totals.openSegments += live.open.has(segment.path) ? 1 : 0;
    report.totals.sizeBytes += checked.sizeBytes;
    report.totals.footageMs += lengthWithin(checked.span, options);
    looked();
  }
  spans.sort((a, b) => a.startMs - b.startMs);
  // The segments are listed before the gaps are read: a line is written after the segment behind it was begun.
  const writtenFromMs = live.recorder ? (folder.segments.at(-1)?.startMs ?? -Infinity) : Infinity;
  const { lines, findings } = await checkGapFiles(folder, { repair, writtenFromMs });
  for (const finding of findings) report.findings.push(finding);
  const youngFromMs = live.recorder ? clock.nowMs() - YOUNG_MS : Infinity;
  await checkContinuity(cameraId, continuityOf(spans, lines), youngFromMs, options, report);
}

async function checkContinuity(
  cameraId: string,
  found: Continuity<PlacedSpan>,
  youngFromMs: number,
  options: CheckFootageOptions,
  report: FootageReport,
): Promise<void> {
  const { recordingsDir, repair = false } = options;
  const inRange = (span: SpanMs): boolean => overlaps(span, options);
  const add = (fault: Fault & { path: string }): void =>
    void report.findings.push({ ...findingOf(fault, repair), cameraId });
  for (const { earlier, later, endMs } of found.overlaps) {
    if (!inRange({ startMs: later.startMs, endMs })) continue;
    add({
      kind: 'overlap',
      path: later.path,
      wanted: `a start at or after ${instant(earlier.endMs)}, where ${relative(recordingsDir, earlier.path)} ends`,
      found: `${instant(later.startMs)}: ${endMs - later.startMs} ms stand twice`,
    });
  }
  for (const { gap, startMs, endMs } of found.contradicted) {
    if (!inRange({ startMs, endMs })) continue;
    const path = join(dayFolder(recordingsDir, cameraId, gap.startMs), GAPS_FILE);
    add({
      kind: 'gap_over_footage',
      path,
      wanted: `no footage from ${instant(gap.startMs)} to ${instant(gap.endMs)} (${gap.reason})`,
      found: `${endMs - startMs} ms of footage from ${instant(startMs)} on`,
    });
  }
  const missing: Gap[] = [];
  for (const hole of found.missing.filter(inRange))
    missing.push({ ...hole, reason: await reasonWithoutLine(recordingsDir, cameraId, hole) });
  for (const hole of missing) {
    if (hole.endMs > youngFromMs) continue; // its line comes once the run has settled
    const path = join(dayFolder(recordingsDir, cameraId, hole.startMs), GAPS_FILE);
    const finding = {
      ...findingOf(
        {
          kind: 'gap_missing',
          path,
          wanted: 'a line that says why nothing was recorded',
          found: `none from ${instant(hole.startMs)} to ${instant(hole.endMs)} (${hole.endMs - hole.startMs} ms)`,
        },
        repair,
      ),
      cameraId,
    };
    if (repair) Object.assign(finding, await noteGap(recordingsDir, cameraId, hole));
    report.findings.push(finding);
  }
  const gaps: CameraGap[] = [...found.explained.filter(inRange), ...missing].map((gap) => ({ cameraId, ...gap }));
  for (const gap of gaps.sort((a, b) => a.startMs - b.startMs)) report.gaps.push(gap);
}

/** gap.json may know the reason where no line says it. */
async function reasonWithoutLine(
  recordingsDir: string,
  cameraId: string,
  { startMs, endMs }: SpanMs,
): Promise<GapReason> {
  return reasonOf(startMs, endMs, await knownGaps(recordingsDir, cameraId, startMs, endMs));
}

async function noteGap(
  recordingsDir: string,
  cameraId: string,
  hole: Gap,
): Promise<Pick<Finding, 'repaired' | 'repair'>> {
  try {
    await appendGap(recordingsDir, cameraId, hole);
    return { repaired: true, repair: `noted with the reason ${hole.reason}` };
  } catch (error) {
    return { repaired: false, repair: `failed: ${(error as Error).message}` };
  }
}

function findingOf({ kind, path, wanted, found }: Fault & { path: string }, repair: boolean): Finding {
  return { kind, path, wanted, found, repaired: false, ...(repair ? { repair: NOT_REPAIRED } : {}) };
}

function byName({ path, startMs, durationMs }: FoundSegment): CheckedSegment {
  return {
    path,
    span: { startMs, endMs: durationMs === undefined ? Infinity : startMs + durationMs },
    sizeBytes: 0,
    findings: [],
  };
}

function isWanted(segment: FoundSegment, options: CheckFootageOptions): boolean {
  return overlaps(
    { startMs: segment.startMs, endMs: isOpen(segment) ? Infinity : segment.startMs + (segment.durationMs ?? 0) },
    options,
  );
}

function overlaps(
  { startMs, endMs }: SpanMs,
  { fromMs = -Infinity, toMs = Infinity }: Pick<CheckFootageOptions, 'fromMs' | 'toMs'>,
): boolean {
  // A segment without length counts at its instant, because it exists.
  return startMs < toMs && (endMs > fromMs || (startMs === endMs && startMs >= fromMs));
}

function lengthWithin(span: SpanMs | undefined, { fromMs = -Infinity, toMs = Infinity }: CheckFootageOptions): number {
  if (!span) return 0;
  const lengthMs = Math.min(span.endMs, toMs) - Math.max(span.startMs, fromMs);
  return Number.isFinite(lengthMs) ? Math.max(0, lengthMs) : 0;
}
