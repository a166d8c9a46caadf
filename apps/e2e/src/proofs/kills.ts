// The recorder is killed hard at random moments, over and over. What it had is there: whole, and once. What it missed
// is written down.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listSegments } from '@vr/footage';
import { childrenOf, memoryOf, parseTruth, seededRandom, until, type WorkerProcess } from '@vr/testing';
import { AGE_MS, judgeKills, MOMENTS, type KillEvidence, type Life, type Moment } from './kill-verdict';
import { mediaBytesOf } from './media-bytes';
import { Orphans } from './orphans';
import type { Report } from './report';
import { startRig, untilAllRecord, type Rig } from './rig';
import { FRAME_MS, openFile } from './witness';

export interface KillOptions {
  seed: number;
  kills: number;
}

const CAMERAS = 4;
const SEGMENT_SECONDS = 7;
/** Longer than the recorder holds a young run's gap open. */
const LAST_LIFE_MS = 13_000;

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
    await judgeKills({ rig, seed, evidence: scene.evidence() }, report);
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

  /** The last life is not killed. It gets the time to write down what it knows, and ends in order. */
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

  /** Resolves as the first camera opens its second segment of this life. The others are then about to do so. */
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
   * Looks at what the dead recorder left of a camera, while nothing runs. It looks at copies, because the next life is
   * about to change the files.
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

  evidence(): KillEvidence {
    const { lives, saved, closed, partsOpened, orphans } = this;
    return { lives, saved, closed, partsOpened, orphans };
  }
}
