// The whole stack makes clips of random windows, and the tests compare them with the ground truth inside the pictures.
// This is the short form; `npm run proof -- clips` is the long one.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady, type ClipReady } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import {
  CAMERA_FPS,
  frameInLoop,
  readPictures,
  readTruth,
  runToEnd,
  startCamera,
  temporaryFolder,
  until,
  type Camera,
  type TemporaryFolder,
} from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const WINDOWS = Number(process.env['TRUTH_WINDOWS'] ?? 8);
const FOOTAGE_MS = Number(process.env['TRUTH_FOOTAGE_SECONDS'] ?? 22) * 1000;
const FRAME_MS = 1000 / CAMERA_FPS;
/** The long form keeps the clips here for a browser to play, each with what it shows first. */
const KEEP_DIR = process.env['TRUTH_KEEP_DIR'];
/** Names, messages and ticks are rounded to the millisecond. */
const ROUNDING_MS = 2;
const SECOND_MS = 1000;
/** The simulator's pictures repeat after a minute. */
const LOOP_FRAMES = CAMERA_FPS * 60;

interface Seen {
  what: string;
  /** How much later than the truth the footage's stamps are. */
  lateMs: number;
  startOffMs: number;
  endOffMs: number;
  missingOrDoubled: number;
  /** How far every beep is from its second, by the pictures. */
  soundOffMs: number[];
}

describe('clips of random windows', () => {
  let stack: Stack;
  let cameras: Camera[];
  let folder: TemporaryFolder;
  let sinceMs: number;

  beforeAll(async () => {
    const [quick, slow] = await Promise.all([
      startCamera({ cameras: [1], gopSeconds: 2, audio: 'aac' }),
      startCamera({ cameras: [2], gopSeconds: 10, audio: 'aac' }),
    ]);
    cameras = [quick, slow];
    folder = await temporaryFolder('truth');
    const camerasFile = join(folder.path, 'cameras.yaml');
    const entries = [quick.url(1), slow.url(2)].map((url, i) => `  - {id: cam_${i + 1}, url: "${url}", audio: on}`);
    await writeFile(camerasFile, `cameras:\n${entries.join('\n')}\n`);
    stack = await startStack({
      apps: ['recorder', 'clipper'],
      cameras: [],
      camera: { cameras: [1] },
      environment: { SEGMENT_SECONDS: '10', CAMERAS_FILE: camerasFile },
    });
    // The stamps settle at the beginning of a run: begin behind it.
    await Promise.all([1, 2].map((n) => recorded(stack, `cam_${n}`, 5000)));
    sinceMs = Date.now();
    await recorded(stack, 'cam_1', FOOTAGE_MS);
  }, FOOTAGE_MS + 120_000);
  afterAll(async () => {
    await stack.stop();
    for (const camera of cameras) await camera.stop();
    await folder.remove();
  });

  async function clipOf(camera: string, startMs: number, endMs: number): Promise<ClipReady> {
    const reply = await stack.detector.request(
      'seguranca.record.clip',
      JSON.stringify({ camera_id: camera, start: startMs / 1000, end: endMs / 1000 }),
      { timeout: 5000 },
    );
    const { clip_id } = reply.json<{ clip_id: string }>();
    const found = await until(
      () => stack.heard('seguranca.record.clip.ready').find((message) => message['clip_id'] === clip_id),
      { what: `clip.ready of ${clip_id}`, deadlineMs: 60_000 },
    );
    return clipReady.parse(found);
  }

  /** The instant at which one segment ends and the next begins; waits for the first. */
  function boundary(camera: string): Promise<number> {
    const look = async (): Promise<number | undefined> => {
      const seams = (await listSegments(stack.recordingsDir, camera)).flatMap(({ endMs }) =>
        endMs !== undefined && endMs > sinceMs ? [endMs] : [],
      );
      return seams[Math.floor(Math.random() * seams.length)];
    };
    return until(look, { what: `a segment of ${camera} that is closed`, deadlineMs: 60_000 });
  }

  /**
   * A random window. Every fourth lies over a boundary. Every fourth reaches to now: into the segment that is being
   * written, and beyond what is there yet.
   */
  async function window(n: number, camera: string): Promise<{ startMs: number; endMs: number }> {
    const lengthMs = Math.round(300 + Math.random() * 14_000);
    if (n % 4 === 1) {
      const seamMs = await boundary(camera);
      const startMs = Math.round(Math.max(sinceMs, seamMs - 100 - Math.random() * lengthMs));
      return { startMs, endMs: Math.round(seamMs + 100 + Math.random() * lengthMs) };
    }
    const endMs =
      n % 4 === 3
        ? Date.now()
        : Math.round(sinceMs + lengthMs + Math.random() * Math.max(0, Date.now() - sinceMs - lengthMs));
    return { startMs: endMs - lengthMs, endMs };
  }

  async function look(ready: ClipReady): Promise<Seen> {
    const path = join(stack.folder, `${ready.clip_id}.mp4`);
    await writeFile(path, Buffer.from(await (await fetch(ready.url)).arrayBuffer()));
    const truth = await readTruth(path);
    // Decoding honours the edit list, so it gives what a player shows.
    const shown = (await readPictures(path)).filter(({ ptsSeconds }) => ptsSeconds >= -0.001);
    const first = truth.find(({ wallMs }) => frameInLoop(wallMs) === shown[0]?.frame);
    const last = truth.findLast(({ wallMs }) => frameInLoop(wallMs) === shown.at(-1)?.frame);
    if (!first || !last || !shown.every(({ ok }) => ok))
      throw new Error(`${ready.clip_id}: what is shown is not what is stored`);
    if (KEEP_DIR !== undefined) {
      await copyFile(path, join(KEEP_DIR, `${ready.clip_id}.mp4`));
      await writeFile(
        join(KEEP_DIR, `${ready.clip_id}.json`),
        JSON.stringify({ firstFrame: shown[0]?.frame, seconds: ready.duration }),
      );
    }
    const outOfOrder = shown
      .slice(1)
      .filter(({ frame }, i) => frame !== ((shown[i]?.frame ?? 0) + 1) % LOOP_FRAMES).length;
    const missingOrDoubled = Math.abs(last.frame - first.frame + 1 - shown.length) + outOfOrder;
    const { stderr } = await runToEnd('ffmpeg', [
      '-nostdin',
      '-i',
      path,
      '-af',
      'silencedetect=noise=-30dB:d=0.3',
      '-f',
      'null',
      '-',
    ]);
    const beeps = [...stderr.matchAll(/silence_end: (\S+)/g)]
      .map((match) => Number(match[1]))
      .filter((seconds) => seconds < ready.duration - 0.3);
    return {
      what: `${ready.camera_id} ${ready.requested_start} to ${ready.requested_end}`,
      lateMs: ready.start * SECOND_MS - first.wallMs,
      startOffMs: (ready.start - ready.requested_start) * SECOND_MS,
      endOffMs: (ready.requested_end - ready.end) * SECOND_MS,
      missingOrDoubled,
      soundOffMs: beeps.map((seconds) => {
        const atMs = first.wallMs + seconds * SECOND_MS;
        return atMs - Math.round(atMs / SECOND_MS) * SECOND_MS;
      }),
    };
  }

  it(
    `show the first and last wanted frame and every one between (${WINDOWS} windows, key frames every 2 s and 10 s)`,
    async () => {
      const seen: Seen[] = [];
      let overBoundaries = 0;
      for (let n = 0; n < WINDOWS; n++) {
        const camera = `cam_${1 + (n % 2)}`;
        const { startMs, endMs } = await window(n, camera);
        const ready = await clipOf(camera, startMs, endMs);
        expect({ what: ready.clip_id, partial: ready.partial }).toEqual({ what: ready.clip_id, partial: false });
        overBoundaries += (await listSegments(stack.recordingsDir, camera, startMs, endMs)).length > 1 ? 1 : 0;
        seen.push(await look(ready));
      }
      const off = (pick: (one: Seen) => number): number => Math.max(...seen.map((one) => Math.abs(pick(one))));
      const late = seen.map(({ lateMs }) => lateMs).sort((a, b) => a - b);
      const sound = seen.flatMap(({ soundOffMs }) => soundOffMs).sort((a, b) => a - b);
      process.stdout.write(
        `${WINDOWS} windows, ${overBoundaries} over segment boundaries: ` +
          `start off by ${off((s) => s.startOffMs).toFixed(0)} ms at most, ` +
          `end by ${off((s) => s.endOffMs).toFixed(0)} ms, ` +
          `stamps ${spanOf(late)} ms behind the truth, sound ${spanOf(sound)} ms off (${sound.length} beeps)\n`,
      );
      expect(overBoundaries).toBeGreaterThanOrEqual(Math.floor((WINDOWS + 2) / 4));
      expect(sound.length).toBeGreaterThan(WINDOWS);
      for (const one of seen) {
        expect({ ...one, wrong: one.missingOrDoubled }).toEqual({ ...one, wrong: 0 });
        expect(Math.abs(one.startOffMs)).toBeLessThanOrEqual(FRAME_MS + ROUNDING_MS);
        expect(Math.abs(one.endOffMs)).toBeLessThanOrEqual(FRAME_MS + ROUNDING_MS);
        expect(Math.abs(one.lateMs)).toBeLessThan(150);
        for (const ms of one.soundOffMs)
          expect({ what: one.what, off: Math.abs(ms) <= 50, ms }).toEqual({ what: one.what, off: true, ms });
      }
    },
    60_000 + WINDOWS * 15_000,
  );
});

/** The range of sorted numbers, from the smallest to the greatest. */
function spanOf(sorted: readonly number[]): string {
  return `${sorted[0]?.toFixed(0) ?? '?'} to ${sorted.at(-1)?.toFixed(0) ?? '?'}`;
}
