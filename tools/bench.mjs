// npm run bench [-- SECONDS CAMERAS]: CPU and memory of our recorder (with its ffmpegs) beside as many bare
// `ffmpeg -c copy -f segment`, at the same time, over the same simulated cameras. Prints a Markdown table. Linux only (/proc).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../deploy/local/node-flags.mjs';
import { ensureMedia, FPS } from '../libs/testing/camera/media.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const seconds = Number(process.argv[2] ?? 60);
const count = Number(process.argv[3] ?? 4);
const cameras = Array.from({ length: count }, (_, i) => i + 1);
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString());
const folder = mkdtempSync(join(tmpdir(), 'vr-bench-'));
const children = [];

function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  children.push(child);
  return child;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** CPU seconds so far and most resident memory of a process; undefined once it is gone. */
function usage(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peakMb: peakKb / 1024 };
  } catch {
    return undefined;
  }
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

function total(pids) {
  return pids.map(usage).reduce((sum, each) => ({ cpuSeconds: sum.cpuSeconds + each.cpuSeconds, peakMb: sum.peakMb + each.peakMb }), { cpuSeconds: 0, peakMb: 0 });
}

function bytesBelow(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function untilAlive(port) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await wait(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    const cameras = answer && (await answer.json()).dependencies?.cameras?.sentence;
    if (cameras?.startsWith(`${count} of ${count}`)) return;
  }
  throw new Error('the recorder did not record all cameras within 20 s');
}

try {
  if (spawnSync('npx', ['nx', 'build', 'recorder'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NX_DAEMON: 'false' } }).status !== 0) throw new Error('the recorder does not build');
  const media = await ensureMedia({ folder: join(root, 'tmp/camera-media'), cameras, codec: 'h264', audio: 'none', gopSeconds: 2, size: '1920x1080' });
  const rtspPort = await freePort();
  const simulator = start('/usr/bin/python3', [join(root, 'libs/testing/camera/camera.py'), '--port', String(rtspPort), '--cams', cameras.join(','), '--auth', 'none', '--fps', String(FPS), '--media', media]);
  await once(simulator.stdout, 'data');
  simulator.stdout.resume();
  const url = (camera) => `rtsp://127.0.0.1:${rtspPort}/cam${camera}`;

  const httpPort = await freePort();
  const recordings = join(folder, 'recordings');
  const recorder = start(process.execPath, [...NODE_FLAGS, join(root, 'dist/apps/recorder/main.js')], {
    env: { PATH: process.env.PATH, HTTP_PORT: String(httpPort), RECORDINGS_DIR: recordings, NATS_URL: 'nats://127.0.0.1:9', ...Object.fromEntries(cameras.map((c) => [`CAMERA_C${c}_URL`, url(c)])) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const bare = cameras.map((camera) =>
    start('ffmpeg', ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', url(camera), '-map', '0:v:0', '-c', 'copy', '-f', 'segment', '-segment_time', '3600', '-segment_format', 'mp4', join(folder, `bare${camera}_%03d.mp4`)], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  await untilAlive(httpPort);
  await wait(5000); // past the start: what is compared is recording
  const ours = () => [recorder.pid, ...childrenOf(recorder.pid)];
  const before = { node: usage(recorder.pid), ours: total(ours()), bare: total(bare.map((b) => b.pid)), bytes: bytesBelow(recordings) };
  await wait(seconds * 1000);
  const after = { node: usage(recorder.pid), ours: total(ours()), bare: total(bare.map((b) => b.pid)), bytes: bytesBelow(recordings) };
  const cpu = (who) => after[who].cpuSeconds - before[who].cpuSeconds;
  console.log(`${count} cameras, 1920x1080 ${FPS} fps, ${seconds} s, ${((after.bytes - before.bytes) / 1e6 / seconds).toFixed(2)} MB/s written, ${cpus().length} x ${cpus()[0].model}, Node ${process.version}\n`);
  console.log('| | CPU s | peak memory MB |\n| --- | ---: | ---: |');
  console.log(`| recorder process alone | ${cpu('node').toFixed(2)} | ${after.node.peakMb.toFixed(0)} |`);
  console.log(`| recorder with its ffmpegs | ${cpu('ours').toFixed(2)} | ${after.ours.peakMb.toFixed(0)} |`);
  console.log(`| bare ffmpeg -c copy -f segment | ${cpu('bare').toFixed(2)} | ${after.bare.peakMb.toFixed(0)} |`);
  console.log(`| ratio | ${(cpu('ours') / cpu('bare')).toFixed(2)} | ${(after.ours.peakMb / after.bare.peakMb).toFixed(2)} |`);
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined)));
  rmSync(folder, { recursive: true, force: true });
}
