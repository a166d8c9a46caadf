import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { frameInLoop, jumpsIn, readPictures, readTruth, runToEnd, startCamera, temporaryFolder, type Camera, type TemporaryFolder } from './index';

describe('the camera simulator', () => {
  let camera: Camera;
  let folder: TemporaryFolder;
  const record = async (name: string, seconds: number) => {
    const path = join(folder.path, name);
    await runToEnd('ffmpeg', ['-v', 'error', '-nostdin', '-rtsp_transport', 'tcp', '-i', camera.url(1), '-t', `${seconds}`, '-c', 'copy', '-f', 'mp4', path]);
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
    expect(pictures.map(({ frame }) => frame)).toEqual(truth.slice(-pictures.length).map(({ wallMs }) => frameInLoop(wallMs)));
  }, 30_000);

  test('dropped frames show as a jump of exactly their number', async () => {
    const played = camera.next(({ event }) => event === 'play');
    const recording = record('dropped.mp4', 4);
    await played;
    // From the second key frame on, so that the hole lies inside the recording.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await camera.drop(1, 5);
    expect(jumpsIn(await readTruth(await recording)).map(({ missing }) => missing)).toEqual([5]);
  }, 30_000);

  test('a wrong password is refused', async () => {
    const wrong = camera.url(1).replace('p%40ss', 'other');
    await expect(runToEnd('ffprobe', ['-v', 'error', '-rtsp_transport', 'tcp', wrong])).rejects.toThrow('401');
  }, 30_000);

  test('it comes back on the same address after a crash', async () => {
    await camera.restart();
    expect(jumpsIn(await readTruth(await record('again.mp4', 1)))).toEqual([]);
  }, 30_000);
});
