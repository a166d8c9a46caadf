// How long a player waits for what it must know of a camera's past: the index and the playlist of a day, the timeline
// of a week. Each console runs as it ships; "first" is the first request that it ever gets.
import { once } from 'node:events';
import { link, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { utcDay } from '@vr/base';
import { listSegments, makeFolder, segmentFileName } from '@vr/footage';
import { recordMinutes } from '@vr/recorded';
import { memoryOf, spawnWorker, temporaryFolder } from '@vr/testing';

const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 1440;
const GROUP_BYTES = 250_000;

export interface FootageIndexBench {
  cameras: number;
  days: number;
  gopSeconds: number;
  requests: number;
}

export async function benchFootageIndex(o: FootageIndexBench): Promise<void> {
  const folder = await temporaryFolder('bench-index');
  try {
    const recordingsDir = join(folder.path, 'recordings');
    const endMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const startMs = endMs - o.days * DAY_MS;
    const cameras = Array.from({ length: o.cameras }, (_, i) => `cam_${i + 1}`);
    await makeFootage(recordingsDir, cameras, startMs, o);
    const camerasFile = join(folder.path, 'cameras.yaml');
    await writeFile(
      camerasFile,
      cameras
        .map((id) => `- {id: ${id}, url: rtsp://127.0.0.1:9/s}\n`)
        .join('')
        .replace(/^/, 'cameras:\n'),
    );
    const model = cpus()[0]?.model ?? 'unknown';
    console.log(`${cpus().length} x ${model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`);
    console.log(`${o.cameras} cameras, ${o.days} days of files of a minute, a key frame every ${o.gopSeconds} s\n`);
    console.log(
      '| what | first ms | p50 ms | most ms | gzipped KB | memory MB |\n| --- | ---: | ---: | ---: | ---: | ---: |',
    );
    const day = `start=${(endMs - DAY_MS) / 1000}&end=${endMs / 1000}`;
    const week = `start=${startMs / 1000}&end=${endMs / 1000}`;
    for (const [what, path] of [
      ['index of a day', `index?${day}`],
      ['index of a day, every key frame', `index?${day}&every=0`],
      ['playlist of a day', `footage.m3u8?${day}`],
      [`timeline of ${o.days} days`, `timeline?${week}`],
    ] as const) {
      const worker = await spawnWorker('console', { RECORDINGS_DIR: recordingsDir, CAMERAS_FILE: camerasFile });
      await worker.waitLive();
      const answers = [];
      for (let i = 0; i <= o.requests; i++) answers.push(await timed(worker.httpPort, `/api/cameras/cam_1/${path}`));
      const [first] = answers;
      const timesMs = answers
        .slice(1)
        .map(({ ms }) => ms)
        .sort((a, b) => a - b);
      const { residentBytes } = await memoryOf(worker.pid);
      await worker.stop();
      const shown = [first?.ms, timesMs[Math.floor(timesMs.length / 2)], timesMs.at(-1)].map((ms) => ms?.toFixed(0));
      const sizes = [(first?.bytes ?? 0) / 1000, residentBytes / 1e6].map((size) => size.toFixed(0));
      console.log(`| ${[what, ...shown, ...sizes].join(' | ')} |`);
    }
    await benchAllCameras(recordingsDir, camerasFile, cameras, week, o.days);
  } finally {
    await folder.remove();
  }
}

/** A page that shows all cameras asks for all of them at once. */
async function benchAllCameras(
  recordingsDir: string,
  camerasFile: string,
  cameras: readonly string[],
  week: string,
  days: number,
): Promise<void> {
  const worker = await spawnWorker('console', { RECORDINGS_DIR: recordingsDir, CAMERAS_FILE: camerasFile });
  await worker.waitLive();
  const beganMs = performance.now();
  await Promise.all(cameras.map((id) => timed(worker.httpPort, `/api/cameras/${id}/timeline?${week}`)));
  const tookMs = performance.now() - beganMs;
  const { residentBytes } = await memoryOf(worker.pid);
  await worker.stop();
  const memory = (residentBytes / 1e6).toFixed(0);
  console.log(`| timelines of ${days} days, all cameras at once | ${tookMs.toFixed(0)} | | | | ${memory} |`);
}

/** The first camera has files of its own; the others have links to them, under their own names. */
async function makeFootage(
  recordingsDir: string,
  [first = '', ...others]: readonly string[],
  startMs: number,
  { days, gopSeconds }: FootageIndexBench,
): Promise<void> {
  const groupBytes = GROUP_BYTES * gopSeconds;
  await recordMinutes({
    recordingsDir,
    cameraId: first,
    startMs,
    minutes: days * MINUTES_A_DAY,
    gopSeconds,
    groupBytes,
  });
  const segments = await listSegments(recordingsDir, first);
  for (const cameraId of others) {
    for (const { path, startMs: atMs, endMs = atMs } of segments) {
      const folder = await makeFolder(recordingsDir, cameraId, utcDay(atMs));
      await link(path, join(folder, basename(segmentFileName({ cameraId, startMs: atMs, durationMs: endMs - atMs }))));
    }
  }
}

async function timed(port: number, path: string): Promise<{ ms: number; bytes: number }> {
  const beganMs = performance.now();
  const request = get({ host: '127.0.0.1', port, path, headers: { 'accept-encoding': 'gzip' } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = await buffer(response);
  if (response.statusCode !== 200)
    throw new Error(`${path}: wanted 200, got ${response.statusCode}: ${body.toString()}`);
  return { ms: performance.now() - beganMs, bytes: body.length };
}
