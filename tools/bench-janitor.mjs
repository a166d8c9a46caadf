// npm run bench:janitor [-- DAYS CAMERAS]: the janitor over a million sparse segments of a minute each, 64 cameras, 11
// days, beside `find -mtime +7 -delete` on a tree of the same files. Prints a Markdown table. Needs a nats-server, and
// Linux (/proc). What is compared: the pass that looks at everything for the first time and deletes what is older than
// 7 days; then, ours alone, a pass when nothing changed. Both trees are fresh, so both are warm in the page cache to
// the same degree.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, futimesSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { nodeFlags } from '../deploy/local/node-flags.mjs';
import { freePort } from '../deploy/local/settings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const days = Number(process.argv[2] ?? 11);
const cameras = Number(process.argv[3] ?? 64);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SEGMENT_BYTES = 15_000_000; // a minute at 2 Mbit/s
const folder = mkdtempSync(join(tmpdir(), 'vr-bench-janitor-'));
const children = [];

function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  children.push(child);
  return child;
}

function makeTree(path, nowMs) {
  let files = 0;
  const first = Math.floor((nowMs - days * DAY_MS) / DAY_MS) * DAY_MS;
  for (let camera = 1; camera <= cameras; camera++) {
    for (let dayMs = first; dayMs < first + days * DAY_MS; dayMs += DAY_MS) {
      const day = new Date(dayMs).toISOString().slice(0, 10);
      const dayFolder = join(path, `cam_${camera}`, day);
      mkdirSync(dayFolder, { recursive: true });
      for (let startMs = dayMs; startMs < dayMs + DAY_MS; startMs += MINUTE_MS) {
        const time = new Date(startMs).toISOString().slice(11).replaceAll(':', '');
        const file = openSync(
          join(dayFolder, `cam_${camera}_${day.replaceAll('-', '')}_${time}_${MINUTE_MS}.mp4`),
          'wx',
        );
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

const status = (pid) => readFileSync(`/proc/${pid}/status`, 'utf8');
const metricsOf = async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.text();
const number = (text, name) =>
  Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text ?? '')?.[1] ?? NaN);

/** Resolves with the metrics once a pass after the instant has ended. */
async function passAfter(port, seconds) {
  for (const deadline = performance.now() + 300_000; performance.now() < deadline; await wait(200)) {
    const text = await metricsOf(port);
    if (number(text, 'retention_last_pass_timestamp_seconds') > seconds) return text;
  }
  throw new Error('no pass ended within 300 s');
}

const phases = (text) => ({
  survey: number(text, 'retention_pass_seconds{phase="survey"}'),
  deletion: number(text, 'retention_pass_seconds{phase="delete"}'),
});

try {
  if (
    spawnSync(process.execPath, [join(root, 'tools/build-app.mjs'), 'janitor'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }).status !== 0
  )
    throw new Error('the janitor does not build');
  const nowMs = Date.now();
  process.stderr.write('making two trees of the same files\n');
  const [ours, yardstick] = [join(folder, 'ours'), join(folder, 'yardstick')];
  const files = makeTree(ours, nowMs);
  makeTree(yardstick, nowMs);
  spawnSync('sync');

  const natsPort = await freePort();
  start('nats-server', ['-a', '127.0.0.1', '-p', String(natsPort)], {
    stdio: 'ignore',
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
  });
  const httpPort = await freePort();
  const spawnedMs = performance.now();
  const janitor = start(process.execPath, [...nodeFlags('janitor'), join(root, 'dist/apps/janitor/main.js')], {
    env: {
      PATH: process.env.PATH,
      HTTP_PORT: String(httpPort),
      NATS_URL: `nats://127.0.0.1:${natsPort}`,
      RECORDINGS_DIR: ours,
      CLIPS_DIR: join(folder, 'clips'),
      SNAPSHOTS_DIR: join(folder, 'snapshots'),
      OBJECTS_DIR: join(folder, 'objects'),
      CAMERA_C1_URL: 'rtsp://127.0.0.1/1',
      LOG_LEVEL: 'warn',
    },
  });
  const firstPass = phases(await passAfter(httpPort, 0));
  const wallSeconds = (performance.now() - spawnedMs) / 1000;
  const deletedBytes = number(await metricsOf(httpPort), 'retention_deleted_bytes_total{kind="footage",reason="age"}');
  const peakAfterFirst = Number(/VmHWM:\s+(\d+)/.exec(status(janitor.pid))[1]) / 1024;

  // The second pass reads again what the first one deleted from; from the third on nothing has changed.
  const nats = await connect({ servers: `127.0.0.1:${natsPort}`, waitOnFirstConnect: true });
  const wake = async () => {
    const before = number(await metricsOf(httpPort), 'retention_last_pass_timestamp_seconds');
    nats.publish(
      'seguranca.record.status',
      JSON.stringify({ camera_id: 'c1', state: 'disk_full', since: Date.now() / 1000 }),
    );
    return phases(await passAfter(httpPort, before));
  };
  await wait(3000); // past the tick of the file system's clock, within which a folder's change is not taken for seen
  await wake();
  const later = [];
  for (let i = 0; i < 5; i++) later.push((await wake()).survey);
  await nats.close();
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status(janitor.pid))[1]) / 1024;
  janitor.kill('SIGTERM');
  await once(janitor, 'exit');

  const findStartedMs = performance.now();
  const find = spawnSync('find', [yardstick, '-type', 'f', '-mtime', '+7', '-delete'], { stdio: 'inherit' });
  const findSeconds = (performance.now() - findStartedMs) / 1000;
  if (find.status !== 0) throw new Error('find failed');

  const median = later.sort((a, b) => a - b)[2];
  console.log(
    `${files.toLocaleString('en')} files, ${cameras} cameras, ${days} days, ${cpus().length} x ${cpus()[0].model}, Node ${process.version}\n`,
  );
  console.log('| | s | peak memory MB |\n| --- | ---: | ---: |');
  console.log(
    `| janitor, first pass: looking (again after every 250,000 deletions) | ${firstPass.survey.toFixed(2)} | |`,
  );
  console.log(
    `| janitor, first pass: deleting ${(deletedBytes / SEGMENT_BYTES).toLocaleString('en')} files, each with its line of audit | ${firstPass.deletion.toFixed(2)} | ${peakAfterFirst.toFixed(0)} |`,
  );
  console.log(`| janitor, from its start to the end of the first pass | ${wallSeconds.toFixed(2)} | |`);
  console.log(`| janitor, a later pass, nothing changed (median of 5) | ${median.toFixed(3)} | ${peak.toFixed(0)} |`);
  console.log(`| find -mtime +7 -delete | ${findSeconds.toFixed(2)} | |`);
  console.log(
    `| first pass, janitor / find | ${((firstPass.survey + firstPass.deletion) / findSeconds).toFixed(2)} | |`,
  );
} finally {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined)),
  );
  rmSync(folder, { recursive: true, force: true });
}
