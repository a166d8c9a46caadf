// What the kills of the recorder have shown: what was lost, doubled, left open or not written down.
import { readdir } from 'node:fs/promises';
import { fitLine, mean, percentile } from './figures';
import { auditGaps, type Ledger } from './gap-ledger';
import type { Orphans } from './orphans';
import type { Report } from './report';
import type { Rig } from './rig';
import { doubledIn, gapLines, overlapsIn, witnessSegments, type WitnessedSegment } from './witness';

const MOST_LOST_MS = 1500;
/** Memory is compared at this age of each life. */
export const AGE_MS = 2500;
const MOST_GROWTH_SHARE = 0.05;
/** A line through fewer readings says nothing. */
const LEAST_READINGS = 30;
const ORPHAN_WITHIN_MS = 15_000;

/**
 * `starting`: while it boots and recovers; `rolling`: as segments are closed and opened; `anywhen`: whatever it does
 * just then.
 */
export type Moment = 'starting' | 'anywhen' | 'rolling';
export const MOMENTS: { moment: Moment; share: number; earliestMs: number; latestMs: number }[] = [
  { moment: 'starting', share: 0.25, earliestMs: 0, latestMs: 2000 },
  { moment: 'rolling', share: 0.2, earliestMs: 0, latestMs: 80 },
  { moment: 'anywhen', share: 0.55, earliestMs: 1500, latestMs: 6500 },
];

export interface Life {
  moment: Moment;
  /** of each camera that had footage of this life on the disk when it was killed */
  lostMs: number[];
  /** from the start of the process to a camera's first frame */
  backMs: number[];
  residentBytes?: number;
}

export interface KillEvidence {
  lives: readonly Life[];
  /** frames that were whole on the disk at a kill, of each camera */
  saved: ReadonlyMap<string, ReadonlySet<number>>;
  /** files that a kill left open and that hold a whole fragment, but do not open */
  closed: readonly string[];
  partsOpened: number;
  orphans: Orphans;
}

export async function judgeKills(
  { rig, seed, evidence }: { rig: Rig; seed: number; evidence: KillEvidence },
  report: Report,
): Promise<void> {
  const { lives, orphans } = evidence;
  const cameras = new Map<string, WitnessedSegment[]>();
  for (const cameraId of rig.cameraIds) cameras.set(cameraId, await witnessSegments(rig.recordingsDir, cameraId));
  const all = [...cameras.values()].flat();
  const lostMs = lives.flatMap((life) => life.lostMs);
  const backMs = lives.flatMap((life) => life.backMs);
  const counts = MOMENTS.map(({ moment }) => `${lives.filter((life) => life.moment === moment).length} ${moment}`).join(
    ', ',
  );
  report.table(
    [`${lives.length} kills, seed ${seed}`, 'p50', 'p99', 'most'],
    [
      [`lost at a kill, ms (${lostMs.length} cameras that had footage)`, ...spread(lostMs)],
      ['from a start to the first frame, ms', ...spread(backMs)],
    ],
  );
  report.say(`${counts}; ${all.length} segments, ${all.reduce((sum, { frames }) => sum + frames.length, 0)} frames`);

  report.aim(
    `at most ${MOST_LOST_MS} ms lost at each kill`,
    `${Math.max(...lostMs).toFixed(0)} ms`,
    lostMs.length > 0 && Math.max(...lostMs) <= MOST_LOST_MS,
  );
  none(report, `every file opens as the kill left it (of ${evidence.partsOpened})`, evidence.closed);
  none(
    report,
    `every file opens in the end (of ${all.length})`,
    all.flatMap(({ segment, complaint }) => (complaint === undefined ? [] : [`${segment.fileName}: ${complaint}`])),
  );
  none(
    report,
    'segments of a camera do not overlap',
    [...cameras.values()].flatMap((segments) => overlapsIn(segments.map(({ segment }) => segment))),
  );
  none(
    report,
    'no frame stands twice',
    [...cameras.values()].flatMap((segments) => doubledIn(segments.flatMap(({ frames }) => frames))),
  );
  none(
    report,
    'nothing that was on the disk at a kill is gone',
    [...cameras].flatMap(([cameraId, segments]) => goneOf(evidence, cameraId, segments)),
  );
  await judgeGaps(rig, report, cameras);
  none(report, 'nothing is left open', [
    ...all.flatMap(({ segment }) => (segment.endMs === undefined ? [segment.fileName] : [])),
    ...(await rest(rig)),
  ]);
  await orphans.gone(ORPHAN_WITHIN_MS);
  report.aim(
    `the ffmpegs of a dead recorder end by themselves within ${ORPHAN_WITHIN_MS / 1000} s`,
    `oldest seen ${orphans.oldestMs.toFixed(0)} ms`,
    orphans.oldestMs <= ORPHAN_WITHIN_MS,
  );
  judgeMemory(lives, report);
}

function goneOf({ saved }: KillEvidence, cameraId: string, segments: readonly WitnessedSegment[]): number[] {
  const there = new Set(segments.flatMap(({ frames }) => frames.map(({ frame }) => frame)));
  return [...(saved.get(cameraId) ?? [])].filter((frame) => !there.has(frame));
}

async function judgeGaps(rig: Rig, report: Report, cameras: ReadonlyMap<string, WitnessedSegment[]>): Promise<void> {
  const ledgers: Ledger[] = [];
  for (const [cameraId, segments] of cameras)
    ledgers.push(auditGaps(segments, await gapLines(rig.recordingsDir, cameraId), 'recorder_killed'));
  const holes = ledgers.reduce((sum, ledger) => sum + ledger.holes, 0);
  none(
    report,
    `gaps.jsonl tells of every hole (of ${holes})`,
    ledgers.flatMap(({ untold }) =>
      untold.map(({ startMs, truthMs }) => `${truthMs} ms at ${new Date(startMs).toISOString()}`),
    ),
  );
  none(
    report,
    'with recorder_killed as reason, and its length ± 1.5 s',
    ledgers.flatMap(({ wrong }) => wrong),
  );
  none(
    report,
    'and of nothing else',
    ledgers.flatMap(({ needless }) =>
      needless.map(
        ({ startMs, endMs, reason }) =>
          `${(endMs - startMs).toFixed(0)} ms ${reason} at ${new Date(startMs).toISOString()}`,
      ),
    ),
  );
}

/** Whatever lies in the cameras' folders besides closed segments and the files that the recorder keeps for itself. */
async function rest(rig: Rig): Promise<string[]> {
  const names = await readdir(rig.recordingsDir, { recursive: true, withFileTypes: true });
  // gap.json: the interruption that began when the last recorder was stopped.
  const known = /^(state\.json|gap\.json|gaps\.jsonl|.*_\d+\.mp4)$/;
  return names
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.quarantine') && !known.test(entry.name))
    .map(({ name }) => name);
}

function judgeMemory(lives: readonly Life[], report: Report): void {
  const readings = lives.flatMap(({ residentBytes }, x) =>
    residentBytes === undefined ? [] : [{ x, y: residentBytes / 1e6 }],
  );
  if (readings.length < LEAST_READINGS) {
    report.say(`        memory over the lives: ${readings.length} readings, too few for a line`);
    return;
  }
  const average = mean(readings.map(({ y }) => y));
  const { slope, standardError } = fitLine(readings);
  const growth = slope * lives.length;
  report.aim(
    `resident memory ${AGE_MS / 1000} s after each start grows by at most ${MOST_GROWTH_SHARE * 100} % over all lives`,
    `${growth.toFixed(2)} MB (± ${(standardError * lives.length).toFixed(2)}) of ${average.toFixed(1)} MB`,
    growth <= average * MOST_GROWTH_SHARE,
  );
}

function spread(values: readonly number[]): string[] {
  return [percentile(values, 0.5), percentile(values, 0.99), Math.max(...values)].map((value) => value.toFixed(0));
}

/** An aim that is met where there are none. Else it names the first few. */
function none(report: Report, what: string, found: readonly (string | number)[]): void {
  report.aim(
    what,
    found.length === 0
      ? 'yes'
      : `no, ${found.length}: ${found.slice(0, 3).join('; ')}${found.length > 3 ? '; ...' : ''}`,
    found.length === 0,
  );
}
