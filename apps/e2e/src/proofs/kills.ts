// The recorder is killed hard at moments of chance, over and over: what it had is there, whole, once, and what it
// missed is written down.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listSegments } from '@vr/footage';
import { childrenOf, memoryOf, parseTruth, seededRandom, until, type WorkerProcess } from '@vr/testing';
import { fitLine, mean, percentile } from './figures';
import { auditGaps, type Ledger } from './gap-ledger';
import { mediaBytesOf } from './media-bytes';
import { Orphans } from './orphans';
import type { Report } from './report';
import { startRig, untilAllRecord, type Rig } from './rig';
import { doubledIn, FRAME_MS, gapLines, openFile, overlapsIn, witnessSegments, type WitnessedSegment } from './witness';

export interface KillOptions {
  seed: number;
  kills: number;
}

const CAMERAS = 4;
const SEGMENT_SECONDS = 7;
const MOST_LOST_MS = 1500;
/** Memory is compared at this age of each life. */
const AGE_MS = 2500;
const MOST_GROWTH_SHARE = 0.05;
/** Of fewer readings a line says nothing. */
const LEAST_READINGS = 30;
/** Longer than the recorder holds a young run's gap open. */
const LAST_LIFE_MS = 13_000;
const ORPHAN_WITHIN_MS = 15_000;

/**
 * `starting`: while it boots and recovers; `rolling`: as segments are closed and opened; `anywhen`: whatever it does
 * just then.
 */
type Moment = 'starting' | 'anywhen' | 'rolling';
const MOMENTS: { moment: Moment; share: number; earliestMs: number; latestMs: number }[] = [
  { moment: 'starting', share: 0.25, earliestMs: 0, latestMs: 2000 },
  { moment: 'rolling', share: 0.2, earliestMs: 0, latestMs: 80 },
  { moment: 'anywhen', share: 0.55, earliestMs: 1500, latestMs: 6500 },
];

interface Life {
  moment: Moment;
  /** of each camera that had footage of this life on the disk when it was killed */
  lostMs: number[];
  /** from the start of the process to a camera's first frame */
  backMs: number[];
  residentBytes?: number;
}

export async function proveKills({ seed, kills }: KillOptions, report: Report): Promise<void> {
  const rig = await startRig({
    cameras: CAMERAS,
    gopSeconds: 1,
    environment: { SEGMENT_SECONDS: `${SEGMENT_SECONDS}` },
  });
  try {
    const scene = new Scene(rig, seededRandom(seed));
    for (let i = 1; i <= kills; i++) {
      await scene.liveAndDie();
      if (i % 20 === 0 && i < kills) report.say(`${i} of ${kills} kills`);
    }
    await scene.liveOn();
    await scene.judge(report, seed);
  } finally {
    await rig.stop();
  }
}

class Scene {
  private readonly lives: Life[] = [];
  /** frames that were whole on the disk at a kill, of each camera */
  private readonly saved = new Map<string, Set<number>>();
  /** files that a kill left open and that hold a whole fragment, but do not open */
  private readonly closed: string[] = [];
  private readonly orphans = new Orphans();
  private partsOpened = 0;

  constructor(
    private readonly rig: Rig,
    private readonly random: () => number,
  ) {}

  async liveAndDie(): Promise<void> {
    const plan = this.plan();
    const bornMs = Date.now();
    const recorder = await this.rig.spawnRecorder();
    const aged = wait(AGE_MS)
      .then(() => memoryOf(recorder.pid))
      .catch(() => undefined); // dead by then: no reading
    if (plan.moment === 'rolling') await this.firstRoll(bornMs);
    await wait(plan.afterMs);
    this.orphans.expect(await childrenOf(recorder.pid));
    const killedMs = Date.now();
    await recorder.kill();
    const life: Life = { moment: plan.moment, lostMs: [], backMs: [] };
    if (killedMs - bornMs > AGE_MS) life.residentBytes = (await aged)?.residentBytes;
    this.lives.push(life);
    await Promise.all(this.rig.cameraIds.map((cameraId) => this.inspect(cameraId, life, bornMs, killedMs)));
    await this.orphans.prune();
  }

  /** The last life is not killed: it gets the time to write down what it knows, and ends in order. */
  async liveOn(): Promise<void> {
    const recorder = await this.rig.spawnRecorder();
    await recorder.waitLive();
    await untilAllRecord(recorder, CAMERAS);
    await wait(LAST_LIFE_MS);
    await this.endInOrder(recorder);
  }

  private async endInOrder(recorder: WorkerProcess): Promise<void> {
    this.orphans.expect(await childrenOf(recorder.pid));
    const { code } = await recorder.stop();
    if (code !== 0)
      throw new Error(
        `wanted exit code 0 of SIGTERM, got ${code ?? '?'}; its last lines:\n${recorder.logs.slice(-20).join('\n')}`,
      );
  }

  private plan(): { moment: Moment; afterMs: number } {
    let chance = this.random();
    const kind = MOMENTS.find(({ share }) => (chance -= share) < 0) ?? MOMENTS[0];
    if (!kind) throw new Error('no moments');
    return { moment: kind.moment, afterMs: kind.earliestMs + this.random() * (kind.latestMs - kind.earliestMs) };
  }

  /** Resolves as the first camera opens its second segment of this life; the others are then about to. */
  private async firstRoll(bornMs: number): Promise<void> {
    const watching = new AbortController();
    let opened: string | undefined;
    const first = new Map<string, string>();
    const watcher = watch(this.rig.recordingsDir, { recursive: true, signal: watching.signal }, (_, name) => {
      if (!name?.endsWith('.part.mp4')) return;
      const [cameraId = ''] = name.split('/');
      const before = first.get(cameraId);
      if (before !== undefined && before !== name && Date.now() - bornMs > SEGMENT_SECONDS * 1000) opened ??= name;
      first.set(cameraId, name);
    });
    watcher.on('error', () => undefined); // a folder that is not there yet
    await until(() => opened, {
      what: 'a camera to open its second segment',
      deadlineMs: SEGMENT_SECONDS * 1000 + 20_000,
    }).finally(() => watching.abort());
  }

  /**
   * While nothing runs: what the dead one left of a camera. Copies are looked at, for the next life is about to change
   * the files.
   */
  private async inspect(cameraId: string, life: Life, bornMs: number, killedMs: number): Promise<void> {
    const frames: number[] = [];
    const truths: number[] = [];
    for (const segment of await listSegments(this.rig.recordingsDir, cameraId, bornMs - 1000)) {
      const { wholeEnd } = await mediaBytesOf(segment.path);
      const bytes = await readFile(segment.path);
      const truth = parseTruth(bytes.subarray(0, wholeEnd)).filter(({ wallMs }) => wallMs >= bornMs);
      frames.push(...truth.map(({ frame }) => frame));
      truths.push(...truth.map(({ wallMs }) => wallMs));
      if (segment.endMs === undefined && truth.length > 0) await this.openPart(segment.fileName, bytes);
    }
    const saved = this.saved.get(cameraId) ?? new Set();
    for (const frame of frames) saved.add(frame);
    this.saved.set(cameraId, saved);
    if (truths.length === 0) return;
    life.lostMs.push(killedMs - Math.max(...truths) - FRAME_MS);
    life.backMs.push(Math.min(...truths) - bornMs);
  }

  private async openPart(fileName: string, bytes: Buffer): Promise<void> {
    const folder = join(this.rig.folder, 'left');
    await mkdir(folder, { recursive: true });
    const path = join(folder, fileName);
    await writeFile(path, bytes);
    const { packetSeconds, complaint } = await openFile(path);
    this.partsOpened++;
    if (packetSeconds.length === 0) this.closed.push(`${fileName}: ${complaint ?? ''}`);
  }

  async judge(report: Report, seed: number): Promise<void> {
    const cameras = new Map<string, WitnessedSegment[]>();
    for (const cameraId of this.rig.cameraIds)
      cameras.set(cameraId, await witnessSegments(this.rig.recordingsDir, cameraId));
    const all = [...cameras.values()].flat();
    const lostMs = this.lives.flatMap((life) => life.lostMs);
    const backMs = this.lives.flatMap((life) => life.backMs);
    const counts = MOMENTS.map(
      ({ moment }) => `${this.lives.filter((life) => life.moment === moment).length} ${moment}`,
    ).join(', ');
    report.table(
      [`${this.lives.length} kills, seed ${seed}`, 'p50', 'p99', 'most'],
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
    none(report, `every file opens as the kill left it (of ${this.partsOpened})`, this.closed);
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
      [...cameras].flatMap(([cameraId, segments]) => this.goneOf(cameraId, segments)),
    );
    await this.judgeGaps(report, cameras);
    none(report, 'nothing is left open', [
      ...all.flatMap(({ segment }) => (segment.endMs === undefined ? [segment.fileName] : [])),
      ...(await this.rest()),
    ]);
    await this.orphans.gone(ORPHAN_WITHIN_MS);
    report.aim(
      `the ffmpegs of a dead recorder end by themselves within ${ORPHAN_WITHIN_MS / 1000} s`,
      `oldest seen ${this.orphans.oldestMs.toFixed(0)} ms`,
      this.orphans.oldestMs <= ORPHAN_WITHIN_MS,
    );
    this.judgeMemory(report);
  }

  private goneOf(cameraId: string, segments: readonly WitnessedSegment[]): number[] {
    const there = new Set(segments.flatMap(({ frames }) => frames.map(({ frame }) => frame)));
    return [...(this.saved.get(cameraId) ?? [])].filter((frame) => !there.has(frame));
  }

  private async judgeGaps(report: Report, cameras: ReadonlyMap<string, WitnessedSegment[]>): Promise<void> {
    const ledgers: Ledger[] = [];
    for (const [cameraId, segments] of cameras)
      ledgers.push(auditGaps(segments, await gapLines(this.rig.recordingsDir, cameraId), 'recorder_killed'));
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

  /** Whatever lies in the cameras' folders beside closed segments and the recorder's own notes. */
  private async rest(): Promise<string[]> {
    const names = await readdir(this.rig.recordingsDir, { recursive: true, withFileTypes: true });
    // gap.json: the interruption that began when the last recorder was stopped.
    const known = /^(state\.json|gap\.json|gaps\.jsonl|.*_\d+\.mp4)$/;
    return names
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.quarantine') && !known.test(entry.name))
      .map(({ name }) => name);
  }

  private judgeMemory(report: Report): void {
    const readings = this.lives.flatMap(({ residentBytes }, x) =>
      residentBytes === undefined ? [] : [{ x, y: residentBytes / 1e6 }],
    );
    if (readings.length < LEAST_READINGS) {
      report.say(`        memory over the lives: ${readings.length} readings, too few for a line`);
      return;
    }
    const average = mean(readings.map(({ y }) => y));
    const { slope, standardError } = fitLine(readings);
    const growth = slope * this.lives.length;
    report.aim(
      `resident memory ${AGE_MS / 1000} s after each start grows by at most ${MOST_GROWTH_SHARE * 100} % over all lives`,
      `${growth.toFixed(2)} MB (± ${(standardError * this.lives.length).toFixed(2)}) of ${average.toFixed(1)} MB`,
      growth <= average * MOST_GROWTH_SHARE,
    );
  }
}

function spread(values: readonly number[]): string[] {
  return [percentile(values, 0.5), percentile(values, 0.99), Math.max(...values)].map((value) => value.toFixed(0));
}

/** An aim that is met where there are none; tells of the first few. */
function none(report: Report, what: string, found: readonly (string | number)[]): void {
  report.aim(
    what,
    found.length === 0
      ? 'yes'
      : `no, ${found.length}: ${found.slice(0, 3).join('; ')}${found.length > 3 ? '; ...' : ''}`,
    found.length === 0,
  );
}
