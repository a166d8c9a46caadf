// npm run soak:disk [-- SECONDS SIZE_MB CAMERAS PICTURE SEGMENT_SECONDS]: a small disk (tmpfs, by default 256 MB for 5
// minutes) filled by real recordings of simulated cameras, with the real recorder, janitor and NATS. Exits 1 where
// recording stopped or stalled, where the disk passed its high mark by more than one segment, or where anything but the
// oldest footage went first. The disk is mounted in a mount namespace of its own, which ends with this process however
// that ends. Linux only.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../deploy/local/node-flags.mjs';
import { freePort } from '../deploy/local/settings.mjs';
import { ensureMedia, FPS } from '../libs/testing/camera/media.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const INSIDE = '--inside';
const args = process.argv.slice(2).filter((one) => one !== INSIDE);
const [seconds, sizeMb, cameraCount] = [Number(args[0] ?? 300), Number(args[1] ?? 256), Number(args[2] ?? 4)];
const picture = args[3] ?? '1920x1080';
const segmentSeconds = Number(args[4] ?? 15);
const HIGH_PERCENT = 90;
const LOOK_EVERY_MS = 100;
/** Fragments are a second long; a camera that is silent for longer than this has stopped. */
const SILENT_MS = 5000;

if (!process.argv.includes(INSIDE)) process.exit(enterNamespace());

/** Runs this script again where mounting is ours to do. */
function enterNamespace() {
  const ways = process.getuid?.() === 0 ? [['-m'], ['-r', '-m']] : [['-r', '-m']];
  for (const way of ways) {
    if (spawnSync('unshare', [...way, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status !== 0)
      continue;
    const inside = spawnSync('unshare', [...way, process.execPath, fileURLToPath(import.meta.url), INSIDE, ...args], {
      stdio: 'inherit',
    });
    return inside.status ?? 1;
  }
  process.stderr.write(
    'This test fills a small disk, and could not mount one: it wants root, or a kernel that lets users make mount namespaces (sysctl kernel.unprivileged_userns_clone=1). Nothing was tested.\n',
  );
  return 2;
}

const folder = mkdtempSync(join(tmpdir(), 'vr-soak-disk-'));
const disk = join(folder, 'disk');
const recordings = join(disk, 'recordings');
const audit = join(folder, 'audit');
const children = [];
const faults = [];

function start(command, commandArgs, options = {}) {
  const child = spawn(command, commandArgs, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  children.push(child);
  return child;
}

function startWorker(app, env) {
  const built = join(root, 'dist/apps', app, 'main.js');
  if (
    !existsSync(built) &&
    spawnSync(process.execPath, [join(root, 'tools/build-app.mjs'), app], { stdio: ['ignore', 'ignore', 'inherit'] })
      .status !== 0
  )
    throw new Error(`the ${app} does not build`);
  const child = start(process.execPath, [...nodeFlags('janitor'), built], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (text) => process.stderr.write(`${app}: ${text}`));
  return child;
}

function used() {
  const { blocks, bfree, bsize } = statfsSync(disk);
  return { usedBytes: (blocks - bfree) * bsize, totalBytes: blocks * bsize };
}

/** Closed segments by camera, in their order; the open one as endless. */
function segments() {
  return Object.fromEntries(
    readdirSync(recordings, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => [
        name,
        readdirSync(join(recordings, name), { recursive: true })
          .map(String)
          .filter((path) => path.endsWith('.mp4'))
          .sort()
          .map((path) => toSegment(join(recordings, name, path))),
      ]),
  );
}

function toSegment(path) {
  const [, date, time, ms, length] = /_(\d{8})_(\d{6})\.(\d{3})Z(?:_(\d+)|\.part)\.mp4$/.exec(path);
  const startMs = Date.parse(
    `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}.${ms}Z`,
  );
  return { path, startMs, endMs: length === undefined ? undefined : startMs + Number(length) };
}

async function metric(port, name) {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  );
  return [...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, labels, value]) => ({
    labels: labels ?? '',
    value: Number(value),
  }));
}

async function untilRecording(port) {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await wait(100)) {
    const states = await metric(port, 'recorder_camera_state');
    if (
      states.filter(({ labels, value }) => labels.includes('state="recording"') && value === 1).length === cameraCount
    )
      return;
  }
  throw new Error('the recorder did not record all cameras within 60 s');
}

try {
  mkdirSync(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', disk], { stdio: 'inherit' });
  if (mounted.status !== 0) throw new Error('the small disk could not be mounted');
  const numbers = Array.from({ length: cameraCount }, (_, i) => i + 1);
  const media = await ensureMedia({
    folder: join(root, 'tmp/camera-media'),
    cameras: numbers,
    codec: 'h264',
    audio: 'none',
    gopSeconds: 1,
    size: picture,
  });
  const [rtspPort, natsPort, recorderPort, janitorPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const simulator = start('/usr/bin/python3', [
    join(root, 'libs/testing/camera/camera.py'),
    '--port',
    `${rtspPort}`,
    '--cams',
    numbers.join(','),
    '--auth',
    'none',
    '--fps',
    `${FPS}`,
    '--media',
    media,
  ]);
  await once(simulator.stdout, 'data');
  simulator.stdout.resume();
  start('nats-server', ['-a', '127.0.0.1', '-p', `${natsPort}`], {
    stdio: 'ignore',
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
  });
  const env = {
    ...{
      NATS_URL: `nats://127.0.0.1:${natsPort}`,
      RECORDINGS_DIR: recordings,
      CLIPS_DIR: join(disk, 'clips'),
      SNAPSHOTS_DIR: join(disk, 'snapshots'),
      OBJECTS_DIR: join(folder, 'objects'),
    },
    ...{ AUDIT_DIR: audit, SEGMENT_SECONDS: `${segmentSeconds}`, DISK_HIGH_PERCENT: `${HIGH_PERCENT}` },
    ...Object.fromEntries(
      numbers.map((number) => [`CAMERA_C${number}_URL`, `rtsp://127.0.0.1:${rtspPort}/cam${number}`]),
    ),
  };
  startWorker('recorder', { ...env, HTTP_PORT: `${recorderPort}` });
  startWorker('janitor', { ...env, HTTP_PORT: `${janitorPort}` });
  await untilRecording(recorderPort);
  const startedMs = Date.now();
  const restarts = async () =>
    (await metric(recorderPort, 'recorder_restarts_total')).reduce((sum, { value }) => sum + value, 0);
  const restartsBefore = await restarts();

  const { totalBytes } = used();
  const highBytes = (totalBytes * HIGH_PERCENT) / 100;
  let [mostBytes, largestSegment, silentMs, fullAfterMs] = [0, 0, 0, undefined];
  let askedMs = 0;
  while (Date.now() - startedMs < seconds * 1000) {
    const { usedBytes } = used();
    mostBytes = Math.max(mostBytes, usedBytes);
    if (usedBytes >= highBytes) fullAfterMs ??= Date.now() - startedMs;
    if (Date.now() - askedMs > 1000) {
      askedMs = Date.now();
      for (const { path } of Object.values(segments()).flat())
        largestSegment = Math.max(largestSegment, statSync(path, { throwIfNoEntry: false })?.size ?? 0);
      for (const { value } of await metric(recorderPort, 'recorder_last_fragment_timestamp_seconds'))
        silentMs = Math.max(silentMs, Date.now() - value * 1000);
      const lost = (await metric(recorderPort, 'recorder_camera_state')).filter(
        ({ labels, value }) => value === 1 && !labels.includes('state="recording"'),
      );
      for (const { labels } of lost)
        faults.push(`a camera was not recording after ${Math.round((Date.now() - startedMs) / 1000)} s: ${labels}`);
    }
    await wait(LOOK_EVERY_MS);
  }

  const lines = readdirSync(audit)
    .sort()
    .flatMap((name) =>
      readFileSync(join(audit, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  const gone = lines.filter(({ action, kind }) => action === 'delete' && kind === 'footage');
  const left = segments();
  if (fullAfterMs === undefined)
    faults.push(
      `the disk was never full (${(mostBytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB): nothing was tested; give it more time or less room`,
    );
  if (gone.length === 0) faults.push('nothing was deleted');
  if (mostBytes - highBytes > largestSegment)
    faults.push(
      `the disk passed its high mark by ${((mostBytes - highBytes) / 1e6).toFixed(2)} MB, more than one segment (${(largestSegment / 1e6).toFixed(2)} MB)`,
    );
  if (silentMs > SILENT_MS) faults.push(`a camera was silent for ${Math.round(silentMs)} ms`);
  if ((await restarts()) !== restartsBefore) faults.push('the recorder lost its connection to a camera');
  gone.forEach(({ start: at, what }, i) => {
    if (i > 0 && at < gone[i - 1].start) faults.push(`${what} went after younger footage`);
  });
  const newestGone = Math.max(...gone.map(({ start: at }) => at * 1000));
  for (const [camera, all] of Object.entries(left)) {
    if (all.some(({ startMs }) => startMs < newestGone))
      faults.push(`${camera} still has footage older than what was deleted`);
    all.forEach(({ startMs, path }, i) => {
      const before = all[i - 1];
      if (before?.endMs !== undefined && Math.abs(startMs - before.endMs) > 20)
        faults.push(`${camera} has a gap of ${startMs - before.endMs} ms before ${path}`);
    });
  }
  console.log(
    `${cameraCount} cameras ${picture}, segments of ${segmentSeconds} s (the largest ${(largestSegment / 1e6).toFixed(2)} MB), disk of ${(totalBytes / 1e6).toFixed(1)} MB, ${seconds} s`,
  );
  console.log(
    `full after ${fullAfterMs === undefined ? 'never' : `${Math.round(fullAfterMs / 1000)} s`}; most used ${(mostBytes / 1e6).toFixed(2)} MB, ${((mostBytes - highBytes) / 1e6).toFixed(2)} MB over the high mark; ${gone.length} segments deleted, oldest first; longest silence of a camera ${Math.round(silentMs)} ms`,
  );
} catch (error) {
  faults.push(error.message);
} finally {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await Promise.all(
    children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined)),
  );
  spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of new Set(faults)) console.log(`FAULT: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
