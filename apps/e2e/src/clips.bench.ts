// npm run bench:clips: how long after its last frame a clip is announced, beside plain ffmpeg on the same window, and what a burst costs. Prints a table.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clipReady, type ClipReady } from '@vr/contracts';
import { listSegments, waitForFootage } from '@vr/footage';
import { systemClock } from '@vr/service';
import { jumpsIn, readTruth, runToEnd, until } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const SINGLE = Number(process.env['BENCH_EVENTS'] ?? 40);
const BURST = Number(process.env['BENCH_BURST'] ?? 100);
const CAMERAS = [1, 2, 3, 4];
/** The simulator's bit rate grows with it: 1.8 Mbit/s here, as BITRATE's default; 4.1 at 1920x1080. */
const SIZE = process.env['BENCH_SIZE'] ?? '1280x720';
const POST_SECONDS = 4;
/** As by default. */
const BURST_POST_SECONDS = 30;

interface Timed {
  /** When the last wanted frame was on disk, and when clip.ready was heard. Epoch ms. */
  coveredMs: number;
  readyMs: number;
  ready: ClipReady;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}
const row = (what: string, values: readonly number[]): string =>
  `| ${what} | ${values.length} | ${percentile(values, 0.5).toFixed(0)} | ${percentile(values, 0.95).toFixed(0)} | ${Math.max(...values).toFixed(0)} |`;

describe('clips', () => {
  let stack: Stack;
  const heardAtMs = new Map<string, number>();

  beforeAll(async () => {
    stack = await startStack({ apps: ['recorder', 'clipper'], cameras: CAMERAS, camera: { size: SIZE }, environment: { CLIP_PRE_SECONDS: '10', CLIP_POST_SECONDS: `${POST_SECONDS}` } });
    stack.detector.subscribe('seguranca.record.clip.ready', { callback: (_, message) => void heardAtMs.set(message.json<ClipReady>().event_id, Date.now()) });
    await Promise.all(CAMERAS.map((n) => recorded(stack, `cam_${n}`, 14_000)));
  }, 300_000);
  afterAll(() => stack.stop());

  async function timed(id: string, camera: string, postSeconds = POST_SECONDS): Promise<Timed> {
    const timestampMs = Date.now();
    stack.detector.publish('seguranca.event.person', JSON.stringify({ camera_id: camera, timestamp: timestampMs / 1000, event_id: id, post_seconds: postSeconds }));
    const untilMs = timestampMs + postSeconds * 1000;
    await waitForFootage({ recordingsDir: stack.recordingsDir, cameraId: camera, untilMs, graceMs: 30_000, clock: systemClock });
    const coveredMs = Date.now();
    const readyMs = await until(() => heardAtMs.get(id), { what: `clip.ready of ${id}`, deadlineMs: 120_000 });
    const ready = clipReady.parse(stack.heard('seguranca.record.clip.ready').find((message) => message['event_id'] === id));
    return { coveredMs, readyMs, ready };
  }

  /** The same window as a person would cut it: no thumbnail, no object, no message. */
  async function plainFfmpegMs({ ready }: Timed): Promise<number> {
    const [segment] = (await listSegments(stack.recordingsDir, ready.camera_id, ready.start * 1000, ready.end * 1000)).slice(-1);
    if (!segment) throw new Error('no footage of a clip that there is');
    const begunMs = performance.now();
    const window = ['-ss', String(ready.start - segment.startMs / 1000), '-i', segment.path, '-t', String(ready.duration)];
    await runToEnd('ffmpeg', ['-v', 'error', '-nostdin', ...window, '-c', 'copy', '-movflags', '+faststart', '-y', join(stack.folder, 'floor.mp4')]);
    return performance.now() - begunMs;
  }

  it('are announced', async () => {
    const single: Promise<Timed>[] = [];
    for (let n = 0; n < SINGLE; n++) {
      single.push(timed(`single-${n}`, `cam_${1 + (n % CAMERAS.length)}`));
      await wait(700); // one event after the other, as in a house
    }
    const singles = await Promise.all(single);
    const floors: number[] = [];
    for (const one of singles) floors.push(await plainFfmpegMs(one));

    const burstMs = Date.now();
    const burst = await Promise.all(Array.from({ length: BURST }, (_, n) => timed(`burst-${n}`, `cam_${1 + (n % CAMERAS.length)}`, BURST_POST_SECONDS)));
    const allReadyMs = Math.max(...burst.map(({ readyMs }) => readyMs)) - (burstMs + BURST_POST_SECONDS * 1000);
    const sizes = singles.map(({ ready }) => ready.size_bytes / 1e6);

    const lost: string[] = [];
    for (const n of CAMERAS) {
      for (const { path } of await listSegments(stack.recordingsDir, `cam_${n}`)) for (const jump of jumpsIn(await readTruth(path))) lost.push(`cam_${n}: ${JSON.stringify(jump)}`);
    }
    process.stdout.write(
      [
        `${CAMERAS.length} cameras, ${SIZE} 25 fps, clips of ${10 + POST_SECONDS} s and ${percentile(sizes, 0.5).toFixed(1)} MB, ${stack.objects.kind}, ${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}`,
        '',
        '| ms | n | p50 | p95 | most |',
        '| --- | ---: | ---: | ---: | ---: |',
        row('last wanted frame on disk to clip.ready', singles.map(({ coveredMs, readyMs }) => readyMs - coveredMs)),
        row('plain `ffmpeg -ss -c copy` of the same window', floors),
        row(`${BURST} events at once: the same`, burst.map(({ coveredMs, readyMs }) => readyMs - coveredMs)),
        '',
        `${BURST} events at once, clips of ${10 + BURST_POST_SECONDS} s: all ready ${(allReadyMs / 1000).toFixed(1)} s after their window's end; frames lost by the recorder meanwhile: ${lost.length === 0 ? 'none' : lost.join(', ')}`,
        '',
      ].join('\n'),
    );
    expect(lost).toEqual([]);
    expect([...singles, ...burst].filter(({ ready }) => ready.partial)).toEqual([]);
  }, 600_000);
});
