/** Checks one segment file, and repairs it where that is asked for. It never throws for a fault of the file. */
import type { FileHandle } from 'node:fs/promises';
import { relative } from 'node:path';
import { errorCode, openPlainFile } from '@vr/base';
import { BoxError } from '@vr/mp4';
import { MAX_DURATION_MS, segmentPath } from '../files/names';
import { quarantine, renameDurably } from '../files/quarantine';
import { mendSegment } from '../write/segment-mending';
import { readAt, scanSegment, type SegmentScan } from '../read/segment-scan';
import type { FoundSegment } from './camera-folder';
import type { SpanMs } from '../read/continuity';
import { NOT_REPAIRED, type Fault, type Finding, type FindingKind } from './findings';
import { isOpen } from './liveness';
import { closedSegmentFacts, openSegmentFacts, stampedStartMs, type SegmentFacts } from './segment-faults';

export interface CheckedSegment {
  /** Where it is now. */
  path: string;
  /** The span of its contents, or that of its name where they cannot be read. Absent where it holds no footage. */
  span?: SpanMs;
  sizeBytes: number;
  findings: Finding[];
}

export interface CheckSegmentOptions {
  recordingsDir: string;
  /** Somebody may be writing it. Then what changes all the time is no fault, and nothing is touched. */
  live: boolean;
  repair: boolean;
}

/** Kinds that mending the file's bytes repairs, and kinds that a rename repairs. */
const BY_MENDING: readonly FindingKind[] = ['torn_tail', 'index_missing', 'index_wrong', 'producer_time_wrong'];
const BY_RENAMING: readonly FindingKind[] = ['start_wrong', 'duration_wrong', 'day_folder_wrong', 'segment_abandoned'];
const TIMES: readonly FindingKind[] = ['time_hole', 'time_backwards'];
const NO_FOOTAGE: readonly FindingKind[] = ['init_broken', 'fragments_none'];
/** The index of a day with a key frame a second has 2 MB. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

type Look =
  { scan: SegmentScan; tail: Buffer } | { broken: string; sizeBytes: number } | { unreadable: string } | 'gone';

export async function checkSegment(segment: FoundSegment, options: CheckSegmentOptions): Promise<CheckedSegment> {
  const { path } = segment;
  const nameSpan = { startMs: segment.startMs, endMs: segment.startMs + (segment.durationMs ?? 0) };
  const look = await lookAt(path);
  // Retention deleted it, or its recorder has closed it since. Both are in order.
  if (look === 'gone') return { path, span: nameSpan, sizeBytes: 0, findings: [] };
  if ('unreadable' in look) {
    const findings = findingsOf(segment, [
      { kind: 'file_unreadable', wanted: 'a file that can be read', found: look.unreadable },
    ]);
    for (const finding of findings) if (options.repair) finding.repair = NOT_REPAIRED;
    return { path, span: nameSpan, sizeBytes: 0, findings };
  }
  const sizeBytes = 'scan' in look ? look.scan.sizeBytes : look.sizeBytes;
  if (options.live) {
    const { span, faults }: SegmentFacts = 'scan' in look ? openSegmentFacts(segment, look.scan) : { faults: [] };
    const findings = findingsOf(segment, [...segment.faults, ...faults]);
    for (const finding of findings) if (options.repair) finding.repair = 'nothing: a recorder is writing this segment';
    return { path, span: span ?? { startMs: segment.startMs, endMs: segment.startMs }, sizeBytes, findings };
  }
  const { span, faults } =
    'scan' in look ? closedSegmentFacts(segment, look.scan, look.tail) : brokenFacts(look.broken);
  const findings = findingsOf(segment, [...segment.faults, ...abandoned(segment, look), ...faults]);
  const moved =
    options.repair && findings.length > 0
      ? await repair(segment, look, span, findings, options.recordingsDir)
      : undefined;
  return { path: moved ?? path, span, sizeBytes, findings };
}

async function lookAt(path: string): Promise<Look> {
  let file: FileHandle | undefined;
  try {
    file = await openPlainFile(path);
    const scan = await scanSegment(file);
    const tail = await readAt(file, scan.endOffset, Math.min(scan.sizeBytes - scan.endOffset, MAX_INDEX_BYTES));
    return { scan, tail };
  } catch (error) {
    if (error instanceof BoxError) return { broken: error.message, sizeBytes: (await file?.stat())?.size ?? 0 };
    if (errorCode(error) === 'ENOENT') return 'gone';
    if (errorCode(error) !== undefined) return { unreadable: (error as Error).message };
    throw error;
  } finally {
    await file?.close();
  }
}

function brokenFacts(found: string): SegmentFacts {
  return { faults: [{ kind: 'init_broken', wanted: 'an init segment: ftyp and moov', found }] };
}

function abandoned(segment: FoundSegment, look: Exclude<Look, 'gone' | { unreadable: string }>): Fault[] {
  if (!isOpen(segment)) return [];
  const holds =
    'scan' in look
      ? `${look.scan.fragments.length} whole fragments, ${look.scan.sizeBytes - look.scan.endOffset} bytes behind them`
      : 'no whole fragment';
  return [
    {
      kind: 'segment_abandoned',
      wanted: 'a recorder that writes this open segment',
      found: `nobody has for a while; it holds ${holds}`,
    },
  ];
}

function findingsOf({ cameraId, path }: FoundSegment, faults: readonly Fault[]): Finding[] {
  return faults.map((fault) => ({ ...fault, cameraId, path, repaired: false }));
}

/** Returns where the file is afterwards. */
async function repair(
  segment: FoundSegment,
  look: Exclude<Look, 'gone' | { unreadable: string }>,
  span: SpanMs | undefined,
  findings: Finding[],
  recordingsDir: string,
): Promise<string> {
  const of = (kinds: readonly FindingKind[]): Finding[] => findings.filter(({ kind }) => kinds.includes(kind));
  const shown = (path: string): string => relative(recordingsDir, path);
  let path = segment.path;
  try {
    if (!('scan' in look) || !span) {
      path = await quarantine(recordingsDir, path);
      done(of(NO_FOOTAGE.concat('segment_abandoned', 'day_folder_wrong')), `moved to ${shown(path)}`);
    } else {
      const { scan } = look;
      const startMs = stampedStartMs(segment, scan);
      if (of(BY_MENDING).length > 0 || isOpen(segment)) {
        const { cutBytes, savedTail } = await mendSegment({ recordingsDir, path, scan, startMs });
        const saved = savedTail === undefined ? '' : `, which hold whole fragments and are kept as ${shown(savedTail)}`;
        done(of(BY_MENDING), cutBytes > 0 ? `wrote mfra over the last ${cutBytes} bytes${saved}` : 'wrote mfra');
      }
      if (of(BY_RENAMING).length > 0) {
        // Such a name would claim what damaged times say. It would deny, or double, what other segments hold.
        if (of(TIMES).length > 0 && !isOpen(segment))
          throw new Error('the times inside disagree, so none can be its name');
        if (span.endMs - startMs > MAX_DURATION_MS)
          throw new Error(`${span.endMs - startMs} ms is no length of a segment`);
        const target = segmentPath(recordingsDir, segment.cameraId, startMs, span.endMs - startMs);
        if (target !== path) {
          if (!(await renameDurably(path, target))) throw new Error(`${shown(target)} is there already`);
          path = target;
          done(of(BY_RENAMING), `renamed to ${shown(path)}`);
        }
      }
    }
  } catch (error) {
    for (const finding of findings) if (!finding.repaired) finding.repair = `failed: ${(error as Error).message}`;
  }
  for (const finding of findings) finding.repair ??= NOT_REPAIRED;
  return path;
}

function done(findings: readonly Finding[], how: string): void {
  for (const finding of findings) {
    finding.repaired = true;
    finding.repair = finding.repair === undefined ? how : `${finding.repair}; ${how}`;
  }
}
