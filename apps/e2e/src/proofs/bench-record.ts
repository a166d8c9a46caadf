// What recording costs. Our recorder with its ffmpegs runs beside as many bare `ffmpeg -c copy -f segment`, over the
// same cameras. Up to 16 cameras both run at the same time, so the noise of a shared machine meets both alike. Above
// that they run in turns: ours and bare, ours and bare. Sending every stream twice would cost the simulators more than
// two processors have, and a starved stream is cheap to record. The bench compares CPU time and not wall-clock time.
// Windows tell how far chance moves the figures.
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  childrenOf,
  openPageSupply,
  startBareRecorder,
  until,
  type BareRecorder,
  type PageSupply,
  type WorkerProcess,
} from '@vr/testing';
import {
  bytesAtRest,
  memoryOfBare,
  memoryOfOurs,
  watch,
  type Bytes,
  type Costs,
  type CountResult,
  type Ours,
  type Window,
} from './recording-costs';
import { judge, tell, tellSlopes } from './recording-report';
import type { Report } from './report';
import { startRig, untilAllRecord, type Rig } from './rig';

export interface BenchOptions {
  /** How many cameras, one run each. */
  cameras: number[];
  /** of each run, over all windows */
  seconds: number;
  windows: number;
}

/** A run's first 10 s are its settling; from then on recording is all that is done. */
const SETTLED_MS = 15_000;
/** 128 ffmpegs that start on two processors take their time. */
const START_WITHIN_MS = 120_000;
const MOST_AT_ONCE = 16;

export async function benchRecord({ cameras, seconds, windows }: BenchOptions, report: Report): Promise<void> {
  const results: CountResult[] = [];
  for (const count of cameras) {
    const way = count <= MOST_AT_ONCE ? 'both at the same time' : 'in turns';
    report.say(`${count} cameras, ${windows} windows of ${(seconds / windows).toFixed(0)} s, ${way} ...`);
    const result = await measure(count, (seconds * 1000) / windows, windows);
    results.push(result);
    tell(result, report);
  }
  tellSlopes(results, report);
  for (const result of results) judge(result, report);
}

async function measure(count: number, windowMs: number, windows: number): Promise<CountResult> {
  const rig = await startRig({ cameras: count, gopSeconds: 2, size: '1920x1080' });
  try {
    const pages = await openPageSupply(rig.folder);
    rig.keep(() => pages.remove());
    const stage = { rig, pages, count, windowMs };
    return {
      cameras: count,
      windowMs,
      ...(count <= MOST_AT_ONCE ? await together(stage, windows) : await inTurns(stage, windows)),
    };
  } finally {
    await rig.stop();
  }
}

interface Stage {
  rig: Rig;
  pages: PageSupply;
  count: number;
  windowMs: number;
}

type Measured = Omit<CountResult, 'cameras' | 'windowMs'>;

async function together({ rig, pages, count, windowMs }: Stage, windows: number): Promise<Measured> {
  await pages.fill();
  const [ours, bare] = await Promise.all([startOurs(rig, count), startBare(rig)]);
  const readings: Window[] = [];
  for (let i = 0; i < windows; i++) readings.push(await watch(windowMs, ours, bare));
  const memory = { ...(await memoryOfOurs(ours)), bare: await memoryOfBare(bare) };
  return {
    windows: readings.map(({ costs }) => costs),
    ...sharesOf(readings),
    memory,
    ...(await bytesAtRest(rig, ours.recorder)),
  };
}

async function inTurns({ rig, pages, count, windowMs }: Stage, windows: number): Promise<Measured> {
  const costs: Costs[] = [];
  const readings: Window[] = [];
  let last: Pick<Measured, 'memory' | keyof Bytes> | undefined;
  for (let i = 0; i < windows; i++) {
    await pages.fill();
    const ours = await startOurs(rig, count);
    const oursWindow = await watch(windowMs, ours, []);
    const memoryOurs = await memoryOfOurs(ours);
    const bytes = await bytesAtRest(rig, ours.recorder);
    await ours.recorder.stop();
    // What ours wrote stays until bare has had its turn. Bare must not write into pages that ours has just paid for.
    await pages.fill();
    const bare = await startBare(rig);
    await wait(SETTLED_MS);
    const bareWindow = await watch(windowMs, undefined, bare);
    last = { memory: { ...memoryOurs, bare: await memoryOfBare(bare) }, ...bytes };
    await Promise.all(bare.map((each) => each.kill()));
    await rm(rig.recordingsDir, { recursive: true });
    costs.push({ ...oursWindow.costs, bareMs: bareWindow.costs.bareMs });
    readings.push(oursWindow, bareWindow);
  }
  if (!last) throw new Error('wanted at least one window');
  return { windows: costs, ...sharesOf(readings), ...last };
}

function sharesOf(readings: readonly Window[]): Pick<Measured, 'idleShares' | 'systemShares'> {
  return {
    idleShares: readings.map(({ idleShare }) => idleShare),
    systemShares: readings.map(({ systemShare }) => systemShare).filter(Number.isFinite),
  };
}

async function startOurs(rig: Rig, count: number): Promise<Ours> {
  const recorder = await rig.spawnRecorder();
  await recorder.waitLive();
  await untilAllRecord(recorder, count, START_WITHIN_MS);
  return { recorder, children: await untilSettled(recorder, count) };
}

/**
 * Waits until the same ffmpegs have run for SETTLED_MS. On a machine that is short of time, a first connection may
 * fail.
 */
async function untilSettled(recorder: WorkerProcess, count: number): Promise<number[]> {
  let same = { children: '', sinceMs: 0 };
  return until(
    async () => {
      const children = await childrenOf(recorder.pid);
      if (children.join() !== same.children) same = { children: children.join(), sinceMs: performance.now() };
      return children.length === count && performance.now() - same.sinceMs >= SETTLED_MS && children;
    },
    { what: `${count} cameras that are not lost for ${SETTLED_MS} ms`, deadlineMs: START_WITHIN_MS },
  );
}

async function startBare(rig: Rig): Promise<BareRecorder[]> {
  return Promise.all(
    rig.cameraIds.map(async (name) => {
      const bare = await startBareRecorder({ url: rig.url(name), folder: rig.folder, name });
      rig.keep(() => bare.kill());
      return bare;
    }),
  );
}
