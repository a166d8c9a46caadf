// The built recorder records cameras whose stamps, tracks and reports are wrong. Every picture's time is compared with
// the truth in it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@vr/base';
import { checkFootage, readCameraState } from '@vr/footage';
import { jumpsIn, spawnWorker, startFaultCameras, temporaryFolder } from '@vr/testing';
import { ALL_CELLS, cameraCells, slowCells, soundCells, type CameraCell } from './camera-cells';
import type { Report } from './report';
import { gapLines, witnessSegments, type WitnessedFrame } from './witness';

export interface CameraOptions {
  seed: number;
  cells: number;
  /** The seconds of footage of each cell. */
  seconds: number;
}

/** How many cameras run at once. One process of Python sends them all. */
const AT_ONCE = 12;
/** Beside fewer cells than all. */
const FEW_WITH_SOUND = 2;
/** Until the last of them is recorded. */
const START_MS = 4000;
/** The newest pictures were still on their way when the recorder was told to stop. */
const UNDER_WAY_MS = 1500;
/**
 * ffmpeg holds back so many pictures, and one more is being seen. Where a second has one picture, that takes longer.
 */
const UNDER_WAY_PICTURES = 4;
const MOST_LOST_SECONDS = 2;
const SETTLED_MS = 10_000;
const MOST_ERROR_MS = 500;

interface Outcome {
  cell: CameraCell;
  frames: number;
  lostSeconds: number;
  /** The worst |stamp - truth| of the first 10 s, and of what follows. */
  firstMs: number;
  laterMs: number;
  clock: string;
  segments: number;
  gaps: string[];
  faults: string[];
}

export async function proveCameras({ seed, cells, seconds }: CameraOptions, report: Report): Promise<void> {
  const isWhole = cells >= ALL_CELLS;
  const all = [
    ...cameraCells(seed, cells),
    ...soundCells(isWhole ? Infinity : FEW_WITH_SOUND),
    ...(isWhole ? slowCells() : []),
  ];
  const outcomes: Outcome[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE)
    outcomes.push(...(await recordCells(all.slice(from, from + AT_ONCE), seconds)));
  report.say(`${outcomes.length} cameras, seed ${seed}, ${seconds} s each`);
  report.table(
    ['the camera', 'pictures', 'lost s', 'worst ms, first 10 s', 'worst ms, then', 'clock', 'segments', 'gaps'],
    outcomes.map((o) => [
      o.cell.words,
      o.frames,
      o.lostSeconds.toFixed(2),
      o.firstMs.toFixed(0),
      o.laterMs.toFixed(0),
      o.clock,
      o.segments,
      o.gaps.join(', ') || '-',
    ]),
  );
  const worst = (of: (outcome: Outcome) => number): number => Math.max(...outcomes.map(of));
  const named = (bad: (outcome: Outcome) => boolean): string =>
    outcomes
      .filter(bad)
      .map(({ cell, gaps }) => `${cell.words} (${gaps.join(', ') || 'no gap'})`)
      .join('; ');
  const lost = worst(({ lostSeconds }) => lostSeconds);
  report.aim(
    `at most ${MOST_LOST_SECONDS} s of footage lost each`,
    `${lost.toFixed(2)} s ${named((o) => o.lostSeconds > MOST_LOST_SECONDS)}`,
    lost <= MOST_LOST_SECONDS,
  );
  const later = worst(({ laterMs }) => laterMs);
  report.aim(
    `stamps within ${MOST_ERROR_MS} ms after ${SETTLED_MS / 1000} s`,
    `${later.toFixed(0)} ms ${named((o) => !(o.laterMs <= MOST_ERROR_MS))}`,
    later <= MOST_ERROR_MS,
  );
  const faults = outcomes.flatMap((o) => o.faults.map((fault) => `${o.cell.words}: ${fault}`));
  report.aim(
    'no line of a gap that ends before it begins, every file opens, `footage check` is clean',
    faults.length === 0 ? 'yes' : faults.slice(0, 4).join('; '),
    faults.length === 0,
  );
}

async function recordCells(cells: readonly CameraCell[], seconds: number): Promise<Outcome[]> {
  const cameras = await startFaultCameras(Object.fromEntries(cells.map(({ name, faults }) => [name, faults])));
  const folder = await temporaryFolder('cameras');
  try {
    const file = join(folder.path, 'cameras.yaml');
    await writeFile(
      file,
      JSON.stringify({
        cameras: cells.map(({ name, audio = 'off' }) => ({ id: name, url: cameras.url(name), audio })),
      }),
    );
    const recordingsDir = join(folder.path, 'recordings');
    const recorder = await spawnWorker('recorder', {
      CAMERAS_FILE: file,
      RECORDINGS_DIR: recordingsDir,
      NATS_URL: 'nats://127.0.0.1:9',
      LOG_LEVEL: 'warn',
    });
    try {
      await recorder.waitLive();
      await wait(START_MS + seconds * 1000);
      const clocks = await Promise.all(
        cells.map(async ({ name }) => (await readCameraState(recordingsDir, name))?.clock ?? 'unsaid'),
      );
      const untilMs = Date.now();
      await recorder.stop();
      const { findings } = await checkFootage({ recordingsDir, recorderStopped: true, clock: systemClock });
      const outcomes: Outcome[] = [];
      for (const [i, cell] of cells.entries()) {
        const found = findings
          .filter(({ cameraId }) => cameraId === cell.name)
          .map(({ kind, found: what }) => `${kind}: ${what}`);
        outcomes.push(await judge(cell, { recordingsDir, untilMs, clock: clocks[i] ?? '', findings: found }));
      }
      return outcomes;
    } finally {
      await recorder.kill();
    }
  } finally {
    await cameras.stop();
    await folder.remove();
  }
}

interface Recorded {
  recordingsDir: string;
  /** The camera was to be recorded up to then. */
  untilMs: number;
  clock: string;
  findings: string[];
}

async function judge(cell: CameraCell, { recordingsDir, untilMs, clock, findings }: Recorded): Promise<Outcome> {
  const witnessed = await witnessSegments(recordingsDir, cell.name);
  const frames = witnessed.flatMap((each) => each.frames);
  const lines = await gapLines(recordingsDir, cell.name);
  const missing = jumpsIn(frames.map(({ frame, truthMs }) => ({ frame, wallMs: truthMs, camera: 0 }))).reduce(
    (sum, jump) => sum + Math.abs(jump.missing),
    0,
  );
  const settledFromMs = (frames[0]?.truthMs ?? NaN) + SETTLED_MS;
  const worst = (of: WitnessedFrame[]): number =>
    of.reduce((most, { stampMs, truthMs }) => Math.max(most, Math.abs(stampMs - truthMs)), 0);
  const later = frames.filter(({ truthMs }) => truthMs >= settledFromMs);
  const { sentFps = 25 } = cell.faults;
  const underWayMs = Math.max(UNDER_WAY_MS, (UNDER_WAY_PICTURES * 1000) / sentFps);
  return {
    cell,
    frames: frames.length,
    lostSeconds: missing / sentFps + Math.max(0, untilMs - underWayMs - (frames.at(-1)?.truthMs ?? 0)) / 1000,
    firstMs: worst(frames.filter(({ truthMs }) => truthMs < settledFromMs)),
    laterMs: later.length > 0 ? worst(later) : NaN,
    clock,
    segments: witnessed.length,
    gaps: lines.map(({ startMs, endMs, reason }) => `${reason} ${((endMs - startMs) / 1000).toFixed(1)} s`),
    faults: [
      ...findings,
      ...witnessed.flatMap(({ complaint }) => complaint ?? []),
      ...lines
        .filter(({ startMs, endMs }) => endMs < startMs)
        .map(({ reason }) => `a line of ${reason} that ends before it begins`),
    ],
  };
}
