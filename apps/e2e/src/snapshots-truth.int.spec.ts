// The whole stack makes snapshots of random instants, and the tests compare them with the ground truth inside the
// pictures. This is the short form; `npm run proof -- snapshots` is the long one.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotReady, type SnapshotReady } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import { CAMERA_FPS, frameInLoop, readPictures, startCamera, type Camera } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const INSTANTS = Number(process.env['TRUTH_INSTANTS'] ?? 14);
const FOOTAGE_MS = Number(process.env['TRUTH_FOOTAGE_SECONDS'] ?? 13) * 1000;
const FRAME_MS = 1000 / CAMERA_FPS;
const LOOP_FRAMES = 1500;
/** Names and messages are rounded to the millisecond. */
const ROUNDING_MS = 1.5;
/** How late the recorder's stamps may be. */
const LATE_FRAMES = 5;

interface Taken {
  momentMs: number;
  ready: SnapshotReady;
  frame: number;
}

describe('snapshots of random instants', () => {
  let stack: Stack;
  let hevc: Camera;
  let sinceMs: number;

  beforeAll(async () => {
    hevc = await startCamera({ cameras: [2], codec: 'h265', gopSeconds: 4 });
    stack = await startStack({
      apps: ['recorder', 'snapshotter'],
      cameras: [1],
      environment: { SEGMENT_SECONDS: '6', CAMERA_CAM_2_URL: hevc.url(2) },
    });
    // The stamps settle at the beginning of a run: begin behind it.
    await Promise.all([1, 2].map((n) => recorded(stack, `cam_${n}`, 12_000)));
    sinceMs = Date.now();
    await recorded(stack, 'cam_1', FOOTAGE_MS);
  }, FOOTAGE_MS + 120_000);
  afterAll(async () => {
    await stack.stop();
    await hevc.stop();
  });

  async function take(camera: number, momentMs: number): Promise<Taken> {
    const message = await stack.detector.request(
      'seguranca.record.snapshot',
      JSON.stringify({ camera_id: `cam_${camera}`, timestamp: momentMs / 1000 }),
      { timeout: 30_000 },
    );
    const ready = snapshotReady.parse(message.json());
    const path = join(stack.folder, `${ready.snapshot_id}.jpg`);
    await writeFile(path, Buffer.from(await (await fetch(ready.url)).arrayBuffer()));
    const [picture] = await readPictures(path);
    expect(picture).toMatchObject({ ok: true, camera });
    expect(ready).toMatchObject({ source_of_image: 'footage', width: 640, height: 360 });
    return { momentMs, ready, frame: picture?.frame ?? -1 };
  }

  /** Every picture of a camera with its stamp, decoded from the whole files. A snapshot is made in another way. */
  async function everyPicture(camera: number): Promise<{ atMs: number; frame: number }[]> {
    const pictures: { atMs: number; frame: number }[] = [];
    for (const { path, startMs } of await listSegments(stack.recordingsDir, `cam_${camera}`)) {
      for (const { ptsSeconds, frame } of await readPictures(path, ['-ignore_editlist', '1']))
        pictures.push({ atMs: startMs + ptsSeconds * 1000, frame });
    }
    return pictures.sort((a, b) => a.atMs - b.atMs);
  }

  /** The instants lie round the seams between segments, round key frames, at now, and anywhere. */
  async function instants(camera: number): Promise<number[]> {
    const seams = (await listSegments(stack.recordingsDir, `cam_${camera}`, sinceMs))
      .map(({ startMs }) => startMs)
      .filter((ms) => ms > sinceMs);
    const special = seams.flatMap((ms) => [ms - 1, ms, ms + 1, ms + FRAME_MS - 1]);
    const random = Array.from({ length: INSTANTS }, () =>
      Math.round(sinceMs + Math.random() * (Date.now() - 500 - sinceMs)),
    );
    return [...special.slice(0, Math.ceil(INSTANTS / 2)), ...random].slice(0, INSTANTS);
  }

  it(
    `show the very frame (${2 * INSTANTS} instants and 4 that are not on disk yet; H.264 and H.265)`,
    async () => {
      const taken = new Map<number, Taken[]>();
      let waited = 0;
      for (const camera of [1, 2]) {
        const all: Taken[] = [];
        for (const momentMs of await instants(camera)) all.push(await take(camera, momentMs));
        for (let n = 0; n < 2; n++) {
          const momentMs = Date.now();
          all.push(await take(camera, momentMs)); // in the segment that is being written, and not yet there
          waited += 1;
        }
        taken.set(camera, all);
      }
      await stack.workers.get('recorder')?.stop();
      let seams = 0;
      for (const [camera, all] of taken) {
        const pictures = await everyPicture(camera);
        const starts = (await listSegments(stack.recordingsDir, `cam_${camera}`)).map(({ startMs }) => startMs);
        for (const { momentMs, ready, frame } of all) {
          const what = `cam_${camera} at ${new Date(momentMs).toISOString()}`;
          // This is media time in microseconds, as ffmpeg gives it.
          const expected = pictures.findLast(({ atMs }) => atMs <= momentMs + 0.5);
          expect({ what, frame }).toEqual({ what, frame: expected?.frame });
          const capturedMs = ready.captured_at * 1000;
          expect({ what, off: Math.abs(capturedMs - (expected?.atMs ?? NaN)) <= ROUNDING_MS }).toEqual({
            what,
            off: true,
          });
          expect({ what, off: momentMs - capturedMs < FRAME_MS + ROUNDING_MS }).toEqual({ what, off: true });
          // The frame is also of that time by the camera's own clock.
          const late = (frameInLoop(capturedMs) - frame + LOOP_FRAMES) % LOOP_FRAMES;
          expect({ what, late: late <= LATE_FRAMES || late === LOOP_FRAMES - 1 }).toEqual({ what, late: true });
          if (starts.some((startMs) => Math.abs(startMs - momentMs) <= FRAME_MS)) seams += 1;
        }
      }
      process.stdout.write(
        `${[...taken.values()].flat().length} instants, ${seams} of them within a frame of a seam, ` +
          `${waited} not yet on disk when asked for: all the very frame\n`,
      );
      expect(seams).toBeGreaterThan(0);
    },
    60_000 + INSTANTS * 15_000,
  );
});
