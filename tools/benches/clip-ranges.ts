// From the request for `clip.mp4` to its first byte, over three hours of footage in three segments. The console runs as
// it ships; each request is of another range, so nothing is kept of it. It prints a Markdown table.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { SegmentWriter } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { spawnWorker, temporaryFolder, type WorkerProcess } from '@vr/testing';

const HOUR_MS = 3_600_000;
const HOURS = 3;
const FPS = 25;
/** The hours are copies of so much. */
const ENCODED_SECONDS = 600;
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50', '-sc_threshold', '0'];
const MJPEG = ['-c:v', 'mjpeg', '-q:v', '20', '-pix_fmt', 'yuvj420p'];
/** Fragments of half a second, as the recorder writes them. Older versions wrote one for each picture of MJPEG. */
const CAMERAS = {
  h264: { encoder: [...H264, '-b:v', '300k'], atKeys: true },
  mjpeg: { encoder: MJPEG, atKeys: false },
  mjpeg_of_older_versions: { encoder: MJPEG, atKeys: true },
} as const;
type Encoded = (typeof CAMERAS)[keyof typeof CAMERAS];
const RANGES_SECONDS = [10, 60, 600, 3600];

export interface ClipRangesBench {
  requests: number;
}

export async function benchClipRanges({ requests }: ClipRangesBench): Promise<void> {
  const folder = await temporaryFolder('bench-ranges');
  let worker: WorkerProcess | undefined;
  try {
    const startMs = Math.floor(Date.now() / HOUR_MS - HOURS - 1) * HOUR_MS;
    const recordingsDir = join(folder.path, 'recordings');
    for (const [camera, encoded] of Object.entries(CAMERAS)) await makeHours(recordingsDir, camera, encoded, startMs);
    const camerasFile = join(folder.path, 'cameras.yaml');
    const entries = Object.keys(CAMERAS).map((id) => `  - id: ${id}\n    url: rtsp://127.0.0.1:9/${id}\n`);
    await writeFile(camerasFile, `cameras:\n${entries.join('')}`);
    worker = await spawnWorker('console', { RECORDINGS_DIR: recordingsDir, CAMERAS_FILE: camerasFile });
    await worker.waitLive();
    const model = cpus()[0]?.model ?? 'unknown';
    console.log(`${cpus().length} x ${model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`);
    console.log('| camera | range | n | p50 ms | p95 ms | most ms |\n| --- | ---: | ---: | ---: | ---: | ---: |');
    for (const camera of Object.keys(CAMERAS)) {
      for (const seconds of RANGES_SECONDS) {
        const timesMs: number[] = [];
        for (let i = 0; i < requests; i++) {
          const spareMs = HOURS * HOUR_MS - seconds * 1000;
          const fromMs = startMs + Math.floor((spareMs * (i + 0.5)) / requests);
          timesMs.push(await firstByteMs(worker, camera, fromMs, fromMs + seconds * 1000));
        }
        timesMs.sort((a, b) => a - b);
        const at = (share: number) => (timesMs[Math.ceil(share * timesMs.length) - 1] ?? NaN).toFixed(0);
        console.log(`| ${camera} | ${seconds} s | ${requests} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
      }
    }
  } finally {
    await worker?.kill();
    await folder.remove();
  }
}

async function makeHours(
  recordingsDir: string,
  camera: string,
  { encoder, atKeys }: Encoded,
  startMs: number,
): Promise<void> {
  const picture = `testsrc=size=640x360:rate=${FPS}:duration=${ENCODED_SECONDS}`;
  const stream = await TestStream.from(['-f', 'lavfi', '-i', picture, ...encoder], { fragmentMs: 500, atKeys });
  for (let hour = 0; hour < HOURS; hour++) {
    const hourMs = startMs + hour * HOUR_MS;
    let writer: SegmentWriter | undefined;
    for (let atMs = hourMs; atMs < hourMs + HOUR_MS; atMs += ENCODED_SECONDS * 1000) {
      if (writer) await stream.append(writer, atMs, 0, ENCODED_SECONDS);
      else writer = await stream.record(recordingsDir, camera, atMs, 0, ENCODED_SECONDS, 'open');
    }
    await writer?.close();
  }
}

async function firstByteMs(worker: WorkerProcess, camera: string, startMs: number, endMs: number): Promise<number> {
  const path = `/api/cameras/${camera}/clip.mp4?start=${startMs}&end=${endMs}`;
  const beganMs = performance.now();
  const request = get({ host: '127.0.0.1', port: worker.httpPort, path });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${path}: wanted 200, got ${response.statusCode}`);
  await once(response, 'data');
  const elapsedMs = performance.now() - beganMs;
  response.destroy();
  return elapsedMs;
}
