// `npm run bench -- snapshots` measures the time from an event, or a request, to its snapshot. Plain ffmpeg works on
// the same footage in the same run. It also measures what a flood of frames costs. It prints tables.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@vr/base';
import { snapshotReady, type SnapshotReady } from '@vr/contracts';
import { listSegments, waitForFootage } from '@vr/footage';
import { createHeaders } from '@vr/messaging';
import { runToEnd, until } from '@vr/testing';
import { percentile } from './latency-report';
import { recorded, startStack, type Stack } from './stack';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 40);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 40);
const FLOOD_SECONDS = Number(process.env['BENCH_FLOOD_SECONDS'] ?? 30);
const CAMERAS = [1, 2, 3, 4];
/** The frames of 8 cameras with 30 a second each come from the four cameras that there are. */
const FLOOD_PER_SECOND = 240;
const TICK_MS = 25;

function row(what: string, values: readonly number[], floors: readonly number[]): string {
  const ms = [percentile(values, 0.5), percentile(values, 0.95), Math.max(...values)].map((value) => value.toFixed(0));
  const toFloor = (percentile(values, 0.5) / percentile(floors, 0.5)).toFixed(1);
  return `| ${[what, values.length, ...ms, toFloor].join(' | ')} |`;
}

describe('snapshots', () => {
  let stack: Stack;
  let sinceMs: number;
  const heardAtMs = new Map<string, number>();
  const readies = new Map<string, SnapshotReady>();

  beforeAll(async () => {
    stack = await startStack({
      apps: ['recorder', 'snapshotter'],
      cameras: CAMERAS,
      camera: { size: '1920x1080' },
      environment: { FRAME_HOSTS: '127.0.0.1' },
    });
    stack.detector.subscribe('seguranca.record.snapshot.ready', {
      callback: (_, message) => {
        const ready = snapshotReady.parse(message.json());
        heardAtMs.set(ready.event_id ?? '', Date.now());
        readies.set(ready.event_id ?? '', ready);
      },
    });
    await Promise.all(CAMERAS.map((n) => recorded(stack, `cam_${n}`, 14_000)));
    sinceMs = Date.now() - 10_000;
  }, 300_000);
  afterAll(() => stack.stop());

  const cameraOf = (n: number): string => `cam_${CAMERAS[n % CAMERAS.length] ?? 1}`;

  async function event(id: string, camera: string): Promise<{ totalMs: number; afterFootageMs: number }> {
    const sentMs = Date.now();
    stack.detector.publish(
      'seguranca.event.person',
      JSON.stringify({ camera_id: camera, timestamp: sentMs / 1000, event_id: id }),
    );
    const wanted = {
      recordingsDir: stack.recordingsDir,
      cameraId: camera,
      untilMs: sentMs + 1,
      graceMs: 30_000,
      clock: systemClock,
    };
    const covered = waitForFootage(wanted).then(() => Date.now());
    const readyMs = await until(() => heardAtMs.get(id), { what: `snapshot.ready of ${id}`, deadlineMs: 60_000 });
    return { totalMs: readyMs - sentMs, afterFootageMs: readyMs - (await covered) };
  }

  async function events(name: string): Promise<{ totalMs: number; afterFootageMs: number }[]> {
    const all: Promise<{ totalMs: number; afterFootageMs: number }>[] = [];
    for (let n = 0; n < EVENTS; n++) {
      all.push(event(`${name}-${n}`, cameraOf(n)));
      await wait(430 + 13 * (n % 7)); // one after the other, at no fixed place in a fragment
    }
    return Promise.all(all);
  }

  /** Runs `between` in turns with what is measured, so that a busy machine slows both. */
  async function requests(
    timestamp: () => number | undefined,
    between?: (n: number) => Promise<void>,
  ): Promise<number[]> {
    const took: number[] = [];
    for (let n = 0; n < REQUESTS; n++) {
      const begunMs = performance.now();
      const request = JSON.stringify({ camera_id: cameraOf(n), timestamp: timestamp() });
      const message = await stack.detector.request('seguranca.record.snapshot', request, { timeout: 30_000 });
      took.push(performance.now() - begunMs);
      snapshotReady.parse(message.json());
      await between?.(n);
      await wait(210); // past the time within which requests share a picture
    }
    return took;
  }

  /**
   * Makes the picture as a person would: one process, no object, no message, and the frame after the wanted instant.
   */
  async function floor(n: number): Promise<number> {
    const atMs = somePastMs();
    const [segment] = await listSegments(stack.recordingsDir, cameraOf(n), atMs, atMs + 1);
    if (!segment) throw new Error('no footage');
    const begunMs = performance.now();
    const input = ['-ss', String((atMs - segment.startMs) / 1000), '-i', segment.path];
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      ...input,
      '-frames:v',
      '1',
      '-q:v',
      '1',
      '-y',
      join(stack.folder, 'floor.jpg'),
    ]);
    return performance.now() - begunMs;
  }
  const somePastMs = (): number => sinceMs + Math.random() * (Date.now() - 3000 - sinceMs);

  function residentMb(): number {
    const status = readFileSync(`/proc/${stack.workers.get('snapshotter')?.pid ?? 0}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
  }

  it('arrive', async () => {
    const plain: number[] = [];
    const measureFloor = async (n: number): Promise<void> => void plain.push(await floor(n));
    const past = await requests(() => somePastMs() / 1000, measureFloor);
    const now = await requests(() => undefined, measureFloor);
    const byFootage = await events('footage');

    // This is a stream manager. It sends 30 frames a second and camera, by address.
    const jpeg = await readFile(join(stack.folder, 'floor.jpg'));
    const manager = createServer((_, response) => void response.end(jpeg)).listen(0, '127.0.0.1');
    await until(() => manager.listening, { what: 'the stream manager', deadlineMs: 5000 });
    const url = `http://127.0.0.1:${(manager.address() as AddressInfo).port}`;
    let count = 0;
    let kind: 'url' | 'raw' = 'url';
    const publish = (): void => {
      for (let n = 0; n < (FLOOD_PER_SECOND * TICK_MS) / 1000; n++) {
        count += 1;
        const camera_id = cameraOf(count);
        const timestamp = Date.now() / 1000;
        if (kind === 'url')
          stack.detector.publish(
            'seguranca.camera.frame',
            JSON.stringify({ camera_id, timestamp, url: `${url}/${camera_id}/${count}.jpg` }),
          );
        else
          stack.detector.publish('seguranca.camera.frame', jpeg, {
            headers: createHeaders({ camera_id, timestamp: `${timestamp}` }),
          });
      }
    };
    const frames = setInterval(publish, TICK_MS);
    await until(() => count > FLOOD_PER_SECOND, { what: 'a second of frames', deadlineMs: 10_000 });
    const byFrame = await events('frame');
    const nowByFrame = await requests(() => undefined);

    kind = 'raw';
    count = 0;
    const residents: number[] = [];
    const floodBegunMs = performance.now();
    const flooded = requests(() => undefined);
    for (let second = 0; second < FLOOD_SECONDS; second++) {
      residents.push(residentMb());
      await wait(1000);
    }
    const underFlood = await flooded;
    const perSecond = (count * 1000) / (performance.now() - floodBegunMs);
    clearInterval(frames);
    manager.closeAllConnections();
    manager.close();

    const half = residents.slice(Math.floor(residents.length / 2));
    process.stdout.write(
      [
        `${CAMERAS.length} cameras, 1920x1080 25 fps, GOP 2 s, ${stack.objects.kind}, ` +
          `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}`,
        '',
        '| ms | n | p50 | p95 | most | p50 / floor |',
        '| --- | ---: | ---: | ---: | ---: | ---: |',
        row('floor: plain `ffmpeg -ss -frames:v 1`, a file', plain, plain),
        row(
          'event to snapshot.ready, frame messages there',
          byFrame.map(({ totalMs }) => totalMs),
          plain,
        ),
        row(
          'event to snapshot.ready, footage only',
          byFootage.map(({ totalMs }) => totalMs),
          plain,
        ),
        row(
          '... of that after the instant was on disk',
          byFootage.map(({ afterFootageMs }) => afterFootageMs),
          plain,
        ),
        row('request of a past instant', past, plain),
        row('request of now, from footage', now, plain),
        row('request of now, from a frame', nowByFrame, plain),
        row(
          `the same under ${perSecond.toFixed(0)} raw JPEGs a second of ${(jpeg.length / 1000).toFixed(0)} kB`,
          underFlood,
          plain,
        ),
        '',
        `snapshotter under that flood for ${FLOOD_SECONDS} s: ${(residents[0] ?? NaN).toFixed(0)} MB at first,` +
          ` then ${Math.min(...half).toFixed(0)} to ${Math.max(...half).toFixed(0)} MB in the second half`,
        '',
      ].join('\n'),
    );
    for (const [id, { source_of_image }] of readies)
      if (id.startsWith('frame-')) expect({ id, source_of_image }).toEqual({ id, source_of_image: 'frame' });
  }, 600_000);
});
