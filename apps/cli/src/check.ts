/** `footage check` prints findings, gaps and totals of the truth check, for a person or as JSON. */
import { relative } from 'node:path';
import { checkFootage, type CheckProgress, type FootageReport } from '@vr/footage';
import type { Machine } from './machine';
import type { Request } from './usage';
import { counted, duration, gapsByReason, gigabytes, moment } from './words';

/** A person reads this many gaps. --json has all. */
const GAPS_SHOWN = 20;
const BAR_CHARACTERS = 30;

export async function check(
  cameraIds: readonly string[] | undefined,
  request: Request,
  { out, progress, clock }: Machine,
): Promise<number> {
  const { recordingsDir, fromMs, toMs, repair } = request;
  const report = await checkFootage({
    recordingsDir,
    cameraIds,
    fromMs,
    toMs,
    repair,
    clock,
    onProgress: progress && ((step) => progress(progressLine(step))),
  });
  progress?.('');
  out(request.json ? JSON.stringify(report, null, 2) : inWords(report, recordingsDir));
  return report.findings.length > 0 ? 1 : 0;
}

function progressLine({ cameraId, done, total }: CheckProgress): string {
  const filled = Math.round((done / total) * BAR_CHARACTERS);
  return `${'█'.repeat(filled)}${'·'.repeat(BAR_CHARACTERS - filled)} ${done}/${total} ${cameraId}`;
}

function inWords(report: FootageReport, recordingsDir: string): string {
  const parts = [findingsInWords(report, recordingsDir), gapsInWords(report), totalsInWords(report)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function findingsInWords({ findings }: FootageReport, recordingsDir: string): string {
  return findings
    .map(({ kind, path, wanted, found, repaired, repair }) => {
      const outcome = repair === undefined ? '' : `\n  ${repaired ? 'repaired' : 'not repaired'}: ${repair}`;
      return `${kind}  ${relative(recordingsDir, path)}\n  wanted: ${wanted}\n  found: ${found}${outcome}`;
    })
    .join('\n');
}

function gapsInWords({ gaps }: FootageReport): string {
  const cameraIds = [...new Set(gaps.map(({ cameraId }) => cameraId))];
  return cameraIds
    .map((cameraId) => {
      const own = gaps.filter((gap) => gap.cameraId === cameraId);
      const shown = own
        .slice(-GAPS_SHOWN)
        .map(
          ({ startMs, endMs, reason }) => `  ${moment(startMs)}  ${duration(endMs - startMs).padStart(9)}  ${reason}`,
        );
      const more = own.length > GAPS_SHOWN ? [`  and ${own.length - GAPS_SHOWN} before these (--json has all)`] : [];
      return [`gaps of ${cameraId}: ${gapsByReason(own)}`, ...more, ...shown].join('\n');
    })
    .join('\n');
}

function totalsInWords({ totals }: FootageReport): string {
  const { cameras, segments, openSegments, sizeBytes, footageMs, gapMs, findings, repaired, quarantined } = totals;
  const open = openSegments > 0 ? ` (${openSegments} being written)` : '';
  const kept = quarantined > 0 ? `; ${counted(quarantined, 'file')} in .quarantine` : '';
  const verdict = findings === 0 ? 'all in order' : `${findings} found wrong, ${repaired} of them repaired`;
  return (
    `${counted(cameras, 'camera')}, ${counted(segments, 'segment')}${open}, ${gigabytes(sizeBytes)} GB, ` +
    `${duration(footageMs)} of footage, ${duration(gapMs)} of gaps${kept}: ${verdict}`
  );
}
