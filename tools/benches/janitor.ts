// The janitor over a million sparse segments of a minute each, 64 cameras, 11 days, beside `find -mtime +7 -delete` on
// a tree of the same files. It prints a Markdown table. It needs a nats-server, and Linux (/proc).
// Compared is the first pass, which looks at everything and deletes what is older than 7 days. The table also has our
// later passes, when nothing changed. Both trees are fresh, so both are warm in the page cache to the same degree.
import { closeSync, ftruncateSync, futimesSync, mkdirSync, openSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { segmentPath } from '@vr/footage';
import { memoryOf, spawnWorker, startNats, temporaryFolder, until, type WorkerProcess } from '@vr/testing';
import { runHere } from '../child-process';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SEGMENT_BYTES = 15_000_000; // a minute at 2 Mbit/s
const PASS_WITHIN_MS = 300_000;
/** The file system's clock ticks; a folder's change within a tick is not taken for seen. */
const PAST_THE_TICK_MS = 3000;
const LATER_PASSES = 5;

export interface JanitorBench {
  days: number;
  cameras: number;
}

interface Pass {
  surveySeconds: number;
  deletionSeconds: number;
}

interface JanitorFigures {
  first: Pass;
  wallSeconds: number;
  deleted: number;
  peakMbAfterFirst: number;
  laterSeconds: number;
  peakMb: number;
}

export async function benchJanitor({ days, cameras }: JanitorBench): Promise<void> {
  const folder = await temporaryFolder('bench-janitor');
  try {
    process.stderr.write('making two trees of the same files\n');
    const [ours, yardstick] = [join(folder.path, 'ours'), join(folder.path, 'yardstick')];
    const nowMs = Date.now();
    const files = makeTree(ours, nowMs, { days, cameras });
    makeTree(yardstick, nowMs, { days, cameras });
    await runHere('sync', []);
    const figures = await measureJanitor(folder.path, ours);
    const findSeconds = await measureFind(yardstick);
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
    console.log(`${files.toLocaleString('en')} files, ${cameras} cameras, ${days} days, ${machine}\n`);
    printTable(figures, findSeconds);
  } finally {
    await folder.remove();
  }
}

/** @returns how many files it made */
function makeTree(recordingsDir: string, nowMs: number, { days, cameras }: JanitorBench): number {
  let files = 0;
  const firstMs = Math.floor((nowMs - days * DAY_MS) / DAY_MS) * DAY_MS;
  for (let camera = 1; camera <= cameras; camera++) {
    for (let dayMs = firstMs; dayMs < firstMs + days * DAY_MS; dayMs += DAY_MS) {
      mkdirSync(dirname(segmentPath(recordingsDir, `cam_${camera}`, dayMs, MINUTE_MS)), { recursive: true });
      for (let startMs = dayMs; startMs < dayMs + DAY_MS; startMs += MINUTE_MS) {
        const file = openSync(segmentPath(recordingsDir, `cam_${camera}`, startMs, MINUTE_MS), 'wx');
        ftruncateSync(file, SEGMENT_BYTES);
        const endSeconds = (startMs + MINUTE_MS) / 1000;
        futimesSync(file, endSeconds, endSeconds);
        closeSync(file);
        files += 1;
      }
    }
  }
  return files;
}

async function measureJanitor(folder: string, recordingsDir: string): Promise<JanitorFigures> {
  const nats = await startNats({ jetstream: false });
  try {
    const spawnedMs = performance.now();
    const janitor = await spawnWorker('janitor', {
      NATS_URL: nats.url,
      RECORDINGS_DIR: recordingsDir,
      CLIPS_DIR: join(folder, 'clips'),
      SNAPSHOTS_DIR: join(folder, 'snapshots'),
      OBJECTS_DIR: join(folder, 'objects'),
      CAMERA_C1_URL: 'rtsp://127.0.0.1/1',
      LOG_LEVEL: 'warn',
    });
    const first = passOf(await passAfter(janitor, 0));
    const wallSeconds = (performance.now() - spawnedMs) / 1000;
    const deletedBytes = valueOf(
      await metricsOf(janitor),
      'retention_deleted_bytes_total{kind="footage",reason="age"}',
    );
    const peakMbAfterFirst = await peakMbOf(janitor);
    const laterSeconds = await measureLaterPasses(janitor, nats.url);
    const peakMb = await peakMbOf(janitor);
    await janitor.stop();
    return { first, wallSeconds, deleted: deletedBytes / SEGMENT_BYTES, peakMbAfterFirst, laterSeconds, peakMb };
  } finally {
    await nats.stop();
  }
}

/** The second pass reads again what the first one deleted from. From the third on nothing has changed. */
async function measureLaterPasses(janitor: WorkerProcess, natsUrl: string): Promise<number> {
  const nats = await connect({ servers: natsUrl, waitOnFirstConnect: true });
  const wake = async (): Promise<Pass> => {
    const before = valueOf(await metricsOf(janitor), 'retention_last_pass_timestamp_seconds');
    const status = { camera_id: 'c1', state: 'disk_full', since: Date.now() / 1000 };
    nats.publish('seguranca.record.status', JSON.stringify(status));
    return passOf(await passAfter(janitor, before));
  };
  await wait(PAST_THE_TICK_MS);
  await wake();
  const later: number[] = [];
  for (let i = 0; i < LATER_PASSES; i++) later.push((await wake()).surveySeconds);
  await nats.close();
  return later.sort((a, b) => a - b)[Math.floor(LATER_PASSES / 2)] ?? NaN;
}

async function measureFind(tree: string): Promise<number> {
  const startedMs = performance.now();
  const code = await runHere('find', [tree, '-type', 'f', '-mtime', '+7', '-delete']);
  if (code !== 0) throw new Error(`find failed (exit code ${code})`);
  return (performance.now() - startedMs) / 1000;
}

async function metricsOf({ httpUrl }: WorkerProcess): Promise<string> {
  return (await fetch(`${httpUrl}/metrics`)).text();
}

function valueOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}

/** The metrics once a pass after the instant has ended. */
function passAfter(janitor: WorkerProcess, seconds: number): Promise<string> {
  return until(
    async () => {
      const metrics = await metricsOf(janitor);
      return valueOf(metrics, 'retention_last_pass_timestamp_seconds') > seconds && metrics;
    },
    { what: 'the end of a pass', deadlineMs: PASS_WITHIN_MS },
  );
}

function passOf(metrics: string): Pass {
  return {
    surveySeconds: valueOf(metrics, 'retention_pass_seconds{phase="survey"}'),
    deletionSeconds: valueOf(metrics, 'retention_pass_seconds{phase="delete"}'),
  };
}

async function peakMbOf({ pid }: WorkerProcess): Promise<number> {
  return (await memoryOf(pid)).peakBytes / 1024 ** 2;
}

function printTable(figures: JanitorFigures, findSeconds: number): void {
  const { first, wallSeconds, deleted, peakMbAfterFirst, laterSeconds, peakMb } = figures;
  const firstSeconds = first.surveySeconds + first.deletionSeconds;
  const deleting = `deleting ${deleted.toLocaleString('en')} files, each with its line of audit`;
  const rows: [string, string, string][] = [
    ['', 's', 'peak memory MB'],
    ['---', '---:', '---:'],
    ['janitor, first pass: looking (again after every 250,000 deletions)', first.surveySeconds.toFixed(2), ''],
    [`janitor, first pass: ${deleting}`, first.deletionSeconds.toFixed(2), peakMbAfterFirst.toFixed(0)],
    ['janitor, from its start to the end of the first pass', wallSeconds.toFixed(2), ''],
    [`janitor, a later pass, nothing changed (median of ${LATER_PASSES})`, laterSeconds.toFixed(3), peakMb.toFixed(0)],
    ['find -mtime +7 -delete', findSeconds.toFixed(2), ''],
    ['first pass, janitor / find', (firstSeconds / findSeconds).toFixed(2), ''],
  ];
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
