// What recording costs: our recorder with its ffmpegs beside as many bare `ffmpeg -c copy -f segment`, over the same
// cameras. Up to 16 cameras both run at the same time: the noise of a shared machine then meets both alike. Above, they
// run in turns, ours and bare, ours and bare, because sending every stream twice would cost the simulators more than
// two processors have, and a starved stream is cheap to record. CPU time is what is compared, and not time on the wall.
// Windows tell how far chance moves the figures.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  childrenOf,
  cpuMs,
  cpuSplitMs,
  machineTime,
  memoryOf,
  openPageSupply,
  startBareRecorder,
  until,
  writtenBy,
  type BareRecorder,
  type Memory,
  type PageSupply,
  type WorkerProcess,
  type Written,
} from '@vr/testing';
import { fitLine, mean, percentile, sum } from './figures';
import { mediaBytesOf } from './media-bytes';
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
/**
 * A fragment that was under way when the cameras fell silent is on the disk by then; the watchdog has not ended the run
 * yet.
 */
const SILENT_MS = 3000;
/** 128 ffmpegs that start on two processors take their time. */
const START_WITHIN_MS = 120_000;
const MOST_AT_ONCE = 16;
const MOST_CPU_RATIO = 1.25;
const MOST_BYTES_RATIO = 1.02;
/** 100 MB at 4 cameras, 200 MB at 64, and the straight line between. */
const mostResidentMb = (cameras: number): number => 100 + Math.max(0, ((cameras - 4) * 100) / 60);

interface Costs {
  nodeMs: number;
  childrenMs: number;
  bareMs: number;
}

interface Memories {
  node: Memory;
  children: Memory[];
  bare: Memory[];
}

interface Bytes {
  written: Written;
  mediaBytes: number;
}

interface CountResult extends Bytes {
  cameras: number;
  windowMs: number;
  windows: Costs[];
  memory: Memories;
  /** of all processors, over the windows */
  idleShares: number[];
  /** of the recorder process's CPU, the part spent in the kernel: reads from pipes, writes to files */
  systemShares: number[];
}

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
    // what ours wrote stays until bare has had its turn: it shall not write into pages that ours has just paid for
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

interface Ours {
  recorder: WorkerProcess;
  children: number[];
}

async function startOurs(rig: Rig, count: number): Promise<Ours> {
  const recorder = await rig.spawnRecorder();
  await recorder.waitLive();
  await untilAllRecord(recorder, count, START_WITHIN_MS);
  return { recorder, children: await untilSettled(recorder, count) };
}

/** The same ffmpegs for SETTLED_MS: on a machine that is short of time, a first connection may fail. */
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

interface Window {
  costs: Costs;
  idleShare: number;
  systemShare: number;
}

async function watch(windowMs: number, ours: Ours | undefined, bare: readonly BareRecorder[]): Promise<Window> {
  const read = async () => ({
    machine: await machineTime(),
    split: ours && (await cpuSplitMs(ours.recorder.pid)),
    costs: await spent(ours, bare),
  });
  const before = await read();
  await wait(windowMs);
  const after = await read();
  const costs = { nodeMs: 0, childrenMs: 0, bareMs: 0 };
  for (const part of ['nodeMs', 'childrenMs', 'bareMs'] as const) costs[part] = after.costs[part] - before.costs[part];
  const [userMs, systemMs] = (['userMs', 'systemMs'] as const).map(
    (part) => (after.split?.[part] ?? 0) - (before.split?.[part] ?? 0),
  );
  return {
    costs,
    idleShare: (after.machine.idle - before.machine.idle) / (after.machine.total - before.machine.total),
    systemShare: (systemMs ?? 0) / ((userMs ?? 0) + (systemMs ?? 0)),
  };
}

async function spent(ours: Ours | undefined, bare: readonly BareRecorder[]): Promise<Costs> {
  const total = async (pids: readonly number[]): Promise<number> => sum(await Promise.all(pids.map(cpuMs)));
  const [nodeMs, childrenMs, bareMs] = await Promise.all([
    total(ours ? [ours.recorder.pid] : []),
    total(ours?.children ?? []),
    total(bare.map(({ pid }) => pid)),
  ]);
  return { nodeMs, childrenMs, bareMs };
}

async function memoryOfOurs({ recorder, children }: Ours): Promise<Omit<Memories, 'bare'>> {
  return { node: await memoryOf(recorder.pid), children: await Promise.all(children.map(memoryOf)) };
}

function memoryOfBare(bare: readonly BareRecorder[]): Promise<Memory[]> {
  return Promise.all(bare.map(({ pid }) => memoryOf(pid)));
}

/**
 * From the recorder's first byte on, counted while the cameras are silent: what was written and what stands on the disk
 * then agree.
 */
async function bytesAtRest(rig: Rig, recorder: WorkerProcess): Promise<Bytes> {
  await Promise.all(rig.simulators.map((simulator) => simulator.stall()));
  await wait(SILENT_MS);
  const written = await writtenBy(recorder.pid);
  const files = (await readdir(rig.recordingsDir, { recursive: true })).filter((name) => name.endsWith('.mp4'));
  const media = await Promise.all(files.map((name) => mediaBytesOf(join(rig.recordingsDir, name))));
  await Promise.all(rig.simulators.map((simulator) => simulator.resume()));
  return { written, mediaBytes: sum(media.map(({ mediaBytes }) => mediaBytes)) };
}

const oursMs = ({ nodeMs, childrenMs }: Costs): number => nodeMs + childrenMs;
const ratioOf = (windows: readonly Costs[]): number =>
  sum(windows.map(oursMs)) / sum(windows.map(({ bareMs }) => bareMs));
const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
const totalMb = (all: readonly Memory[], of: keyof Memory): string => mb(sum(all.map((each) => each[of])));

function tell(result: CountResult, report: Report): void {
  const { windows, windowMs, memory, cameras } = result;
  /** of one core, in percent */
  const share = (pick: (costs: Costs) => number): string[] => {
    const shares = windows.map((each) => (pick(each) / windowMs) * 100);
    return [mean(shares), Math.min(...shares), Math.max(...shares), mean(shares) / cameras].map((value) =>
      value.toFixed(2),
    );
  };
  const ratios = windows.map((each) => ratioOf([each]));
  report.table(
    [`${cameras} cameras`, 'CPU, % of a core', 'least', 'most', 'a camera', 'RSS MB', 'PSS MB', 'peak RSS MB'],
    [
      [
        'recorder process',
        ...share(({ nodeMs }) => nodeMs),
        mb(memory.node.residentBytes),
        mb(memory.node.proportionalBytes),
        mb(memory.node.peakBytes),
      ],
      [
        'its ffmpegs',
        ...share(({ childrenMs }) => childrenMs),
        totalMb(memory.children, 'residentBytes'),
        totalMb(memory.children, 'proportionalBytes'),
        totalMb(memory.children, 'peakBytes'),
      ],
      [
        'both',
        ...share(oursMs),
        '',
        mb(memory.node.proportionalBytes + sum(memory.children.map((each) => each.proportionalBytes))),
        '',
      ],
      [
        'bare ffmpegs',
        ...share(({ bareMs }) => bareMs),
        totalMb(memory.bare, 'residentBytes'),
        totalMb(memory.bare, 'proportionalBytes'),
        totalMb(memory.bare, 'peakBytes'),
      ],
      [
        'ratio, both / bare',
        ratioOf(windows).toFixed(2),
        Math.min(...ratios).toFixed(2),
        Math.max(...ratios).toFixed(2),
        '',
        '',
        '',
        '',
      ],
    ],
  );
  const { storedBytes, calledBytes } = result.written;
  const percent = (shares: readonly number[]): string =>
    shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
  report.say(`media ${mb(result.mediaBytes)} MB, stored ${mb(storedBytes)} MB, all write calls ${mb(calledBytes)} MB`);
  report.say(
    `in the windows, of the recorder process's CPU in the kernel: ${percent(result.systemShares)}; of all processors idle: ${percent(result.idleShares)}\n`,
  );
}

/** What one camera more costs: the slope over the counts. */
function tellSlopes(results: readonly CountResult[], report: Report): void {
  if (results.length < 3) return;
  const slope = (y: (result: CountResult) => number): string =>
    fitLine(results.map((result) => ({ x: result.cameras, y: y(result) }))).slope.toFixed(3);
  const cpu = (pick: (costs: Costs) => number) =>
    slope(({ windows, windowMs }) => (mean(windows.map(pick)) / windowMs) * 100);
  report.table(
    ['one camera more', 'CPU, % of a core', 'PSS MB'],
    [
      ['recorder process', cpu(({ nodeMs }) => nodeMs), slope(({ memory }) => memory.node.proportionalBytes / 1e6)],
      [
        'its ffmpegs',
        cpu(({ childrenMs }) => childrenMs),
        slope(({ memory }) => sum(memory.children.map((each) => each.proportionalBytes)) / 1e6),
      ],
      [
        'bare ffmpegs',
        cpu(({ bareMs }) => bareMs),
        slope(({ memory }) => sum(memory.bare.map((each) => each.proportionalBytes)) / 1e6),
      ],
    ],
  );
}

function judge({ cameras, windows, memory, written, mediaBytes }: CountResult, report: Report): void {
  const at = `${cameras} cameras`;
  const ratio = ratioOf(windows);
  report.aim(
    `${at}: CPU at most ${MOST_CPU_RATIO} times bare ffmpeg`,
    `${ratio.toFixed(2)} (median window ${percentile(
      windows.map((each) => ratioOf([each])),
      0.5,
    ).toFixed(2)})`,
    ratio <= MOST_CPU_RATIO,
  );
  const resident = memory.node.residentBytes / 1e6;
  report.aim(
    `${at}: recorder process at most ${mostResidentMb(cameras).toFixed(0)} MB resident`,
    resident.toFixed(1),
    resident <= mostResidentMb(cameras),
  );
  // What is stored, and not all that write(2) was called with: that has our own questions' answers in it, and every log
  // line.
  const bytes = written.storedBytes / mediaBytes;
  report.aim(
    `${at}: bytes stored at most ${MOST_BYTES_RATIO} times the media`,
    bytes.toFixed(4),
    bytes <= MOST_BYTES_RATIO,
  );
}
