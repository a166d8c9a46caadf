// What recording costs. Our recorder, by either source, runs beside as many bare `ffmpeg -c copy -f segment`, over the
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
  type Source,
  type Window,
} from './recording-costs';
import { sum } from './figures';
import { judge, tell, tellSlopes } from './recording-report';
import type { Report } from './report';
import { readMetrics, startRig, untilAllRecord, type Rig } from './rig';

export interface BenchOptions {
  /** How many cameras, one run each. */
  cameras: number[];
  /** of each run, over all windows */
  seconds: number;
  windows: number;
  /** what reads the cameras, one run each */
  sources: readonly Source[];
}

/** A run's first 20 s are its settling; from then on recording is all that is done. */
const SETTLED_MS = 22_000;
/** 128 ffmpegs that start on two processors take their time. */
const START_WITHIN_MS = 120_000;
const MOST_AT_ONCE = 16;

export async function benchRecord({ cameras, seconds, windows, sources }: BenchOptions, report: Report): Promise<void> {
  const results: CountResult[] = [];
  for (const count of cameras)
    for (const source of sources) {
      const way = count <= MOST_AT_ONCE ? 'both at the same time' : 'in turns';
      const each = `${windows} windows of ${(seconds / windows).toFixed(0)} s`;
      report.say(`${count} cameras by the ${source} source, ${each}, ${way} ...`);
      const result = await measure(count, source, (seconds * 1000) / windows, windows);
      results.push(result);
      tell(result, report);
    }
  for (const source of sources)
    tellSlopes(
      results.filter((result) => result.source === source),
      report,
    );
  for (const result of results) judge(result, report);
}

async function measure(count: number, source: Source, windowMs: number, windows: number): Promise<CountResult> {
  const environment = { SOURCE: source };
  const rig = await startRig({ cameras: count, gopSeconds: 2, size: '1920x1080', environment });
  try {
    const pages = await openPageSupply(rig.folder);
    rig.keep(() => pages.remove());
    const stage = { rig, pages, count, source, windowMs };
    return {
      cameras: count,
      source,
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
  source: Source;
  windowMs: number;
}

type Measured = Omit<CountResult, 'cameras' | 'source' | 'windowMs'>;

async function together({ rig, pages, count, source, windowMs }: Stage, windows: number): Promise<Measured> {
  await pages.fill();
  const [ours, bare] = await Promise.all([startOurs(rig, count, source), startBare(rig)]);
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

async function inTurns({ rig, pages, count, source, windowMs }: Stage, windows: number): Promise<Measured> {
  const costs: Costs[] = [];
  const readings: Window[] = [];
  let last: Pick<Measured, 'memory' | keyof Bytes> | undefined;
  for (let i = 0; i < windows; i++) {
    await pages.fill();
    const ours = await startOurs(rig, count, source);
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

async function startOurs(rig: Rig, count: number, source: Source): Promise<Ours> {
  const recorder = await rig.spawnRecorder();
  await recorder.waitLive();
  await untilAllRecord(recorder, count, START_WITHIN_MS);
  return { recorder, children: await untilSettled(recorder, source === 'native' ? 0 : count) };
}

/**
 * Waits until no camera was lost, and the same ffmpegs have run, for SETTLED_MS. On a machine that is short of time, a
 * first connection may fail.
 */
async function untilSettled(recorder: WorkerProcess, processes: number): Promise<number[]> {
  let same = { facts: '', sinceMs: 0 };
  return until(
    async () => {
      await wait(500); // Each question costs the recorder something too.
      const children = await childrenOf(recorder.pid);
      const facts = `${children.join()} ${await restartsOf(recorder)}`;
      if (facts !== same.facts) same = { facts, sinceMs: performance.now() };
      return children.length === processes && performance.now() - same.sinceMs >= SETTLED_MS && children;
    },
    { what: `cameras that are not lost for ${SETTLED_MS} ms`, deadlineMs: START_WITHIN_MS },
  );
}

async function restartsOf(recorder: WorkerProcess): Promise<number> {
  const metrics = await readMetrics(recorder);
  return sum([...metrics].filter(([name]) => name.startsWith('recorder_restarts_total')).map(([, count]) => count));
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
