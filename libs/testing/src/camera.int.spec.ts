import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  frameInLoop,
  jumpsIn,
  readPictures,
  readTruth,
  runToEnd,
  startCamera,
  temporaryFolder,
  until,
  type Camera,
  type TemporaryFolder,
} from './index';

describe('the camera simulator', () => {
  let camera: Camera;
  let folder: TemporaryFolder;
  const record = async (name: string, seconds: number) => {
    const path = join(folder.path, name);
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-i',
      camera.url(1),
      '-t',
      `${seconds}`,
      '-c',
      'copy',
      '-f',
      'mp4',
      path,
    ]);
    return path;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    camera = await startCamera({ cameras: [1, 2], password: 'p@ss:w/rd' });
  }, 60_000);
  afterAll(async () => {
    await camera.stop();
    await folder.remove();
  });

  test('a stream copy holds every frame, each with the instant that it shows', async () => {
    const startedMs = Date.now();
    const path = await record('copy.mp4', 3);
    const truth = await readTruth(path);
    expect(truth.length).toBeGreaterThan(50);
    expect(jumpsIn(truth)).toEqual([]);
    expect(truth.every((sample) => sample.camera === 1 && sample.wallMs === sample.frame * 40)).toBe(true);
    expect(truth[0]?.wallMs).toBeGreaterThan(startedMs - 1000);
    expect(truth.at(-1)?.wallMs).toBeLessThan(Date.now() + 100);

    const pictures = await readPictures(path);
    expect(pictures.every((picture) => picture.ok && picture.camera === 1)).toBe(true);
    expect(pictures.map(({ frame }) => frame)).toEqual(
      truth.slice(-pictures.length).map(({ wallMs }) => frameInLoop(wallMs)),
    );
  }, 30_000);

  /**
   * Starts a recording that a test can read while it grows, and waits until it holds a second. Whatever the test then
   * does to the camera happens inside the recording.
   */
  const recordGrowing = async (name: string, seconds: number) => {
    const path = join(folder.path, name);
    const done = runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-i',
      camera.url(1),
      '-t',
      `${seconds}`,
      '-c',
      'copy',
      '-flush_packets',
      '1',
      '-f',
      'mpegts',
      path,
    ]);
    await until(async () => (await readTruth(path)).length >= 25, { what: 'a second of footage', deadlineMs: 10_000 });
    return { path, done };
  };

  test('dropped frames show as a jump of exactly their number', async () => {
    const { path, done } = await recordGrowing('dropped.ts', 5);
    await camera.drop(1, 5);
    await done;
    expect(jumpsIn(await readTruth(path)).map(({ missing }) => missing)).toEqual([5]);
  }, 30_000);

  test('a wrong password is refused', async () => {
    const wrong = camera.url(1).replace('p%40ss', 'other');
    await expect(runToEnd('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', wrong])).rejects.toThrow('401');
  }, 30_000);

  test('it comes back on the same address after a crash', async () => {
    await camera.restart();
    expect(jumpsIn(await readTruth(await record('again.mp4', 1)))).toEqual([]);
  }, 30_000);

  test('the highest number is in its pictures, and shared pictures are told apart by their truth', async () => {
    const many = await startCamera({ cameras: [64] });
    const path = join(folder.path, 'highest.mp4');
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-i',
      many.url(64),
      '-t',
      '1',
      '-c',
      'copy',
      '-f',
      'mp4',
      path,
    ]);
    await many.stop();
    expect((await readPictures(path)).every(({ ok, camera: shown }) => ok && shown === 64)).toBe(true);

    const sharing = await startCamera({ cameras: [2, 3], pictures: 1 });
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-rtsp_transport',
      'tcp',
      '-i',
      sharing.url(3),
      '-t',
      '1',
      '-c',
      'copy',
      '-f',
      'mp4',
      path,
    ]);
    await sharing.stop();
    expect((await readTruth(path)).every(({ camera: told }) => told === 3)).toBe(true);
    expect((await readPictures(path)).every(({ ok, camera: shown }) => ok && shown === 1)).toBe(true);
  }, 60_000);

  test('when its starter closes its stdin it ends', async () => {
    // The kernel closes this pipe when a test process dies, however it dies.
    const orphan = await startCamera();
    const { pid } = orphan;
    orphan.hangUp();
    await until(() => !isAlive(pid), { what: 'the end of the camera', deadlineMs: 5000 });
  }, 30_000);

  test('H.265 with AAC tells the truth too', async () => {
    const modern = await startCamera({ codec: 'h265', audio: 'aac', auth: 'basic' });
    const path = join(folder.path, 'modern.mp4');
    await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-nostdin',
      '-rtsp_transport',
      'tcp',
      '-i',
      modern.url(),
      '-t',
      '2',
      '-c',
      'copy',
      '-f',
      'mp4',
      path,
    ]);
    await modern.stop();
    const streams = (
      await runToEnd('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path])
    ).stdout.toString();
    expect(streams.split(/\s+/).filter(Boolean).sort()).toEqual(['aac', 'hevc']);
    const truth = await readTruth(path);
    expect(truth.length).toBeGreaterThan(25);
    expect(jumpsIn(truth)).toEqual([]);
    expect((await readPictures(path)).every(({ ok }) => ok)).toBe(true);
  }, 120_000);

  test('a stalled camera sends nothing until it resumes', async () => {
    const { path, done } = await recordGrowing('stalled.ts', 6);
    await camera.stall(1);
    const stalledAtMs = Date.now();
    await pause(1500); // the length of the stall
    await camera.resume(1);
    await done;
    const [jump, ...others] = jumpsIn(await readTruth(path));
    expect(others).toEqual([]);
    expect(Math.abs((jump?.afterMs ?? 0) - stalledAtMs)).toBeLessThan(500);
    expect(jump?.missing).toBeGreaterThan(30);
  }, 30_000);

  test('a thawed camera goes on with the present', async () => {
    const { path, done } = await recordGrowing('thawed.ts', 7);
    camera.freeze();
    await pause(4000); // the length of the freeze
    camera.thaw();
    await done;
    const [jump, ...others] = jumpsIn(await readTruth(path));
    expect(others).toEqual([]);
    expect(jump?.missing).toBeGreaterThan(85);
  }, 30_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
