// Cameras change their picture, or go away, in the middle of clips and snapshots. One camera has a codec that no
// browser plays. The tests use recorder, clipper, snapshotter, a real store and real RTSP, and compare with the truth
// in each picture.
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady, type ClipReady } from '@vr/contracts';
import { listSegments } from '@vr/footage';
import {
  readPictures,
  runToEnd,
  startBrowser,
  startCamera,
  startFaultCameras,
  temporaryFolder,
  until,
  type Camera,
  type FaultCameras,
  type Picture,
  type TemporaryFolder,
} from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const CLIP_WITHIN_MS = 90_000;
const FRAME_MS = 40;
/** Names, messages and ticks are rounded to the millisecond. */
const ROUNDING_MS = 2;
const SECOND_MS = 1000;

describe('a clip of', () => {
  let stack: Stack;
  let folder: TemporaryFolder;
  let changing: Camera;
  let faulty: FaultCameras;
  let changedMs: number;

  beforeAll(async () => {
    folder = await temporaryFolder('changes');
    changing = await startCamera({ otherSize: '512x288', audio: 'aac' });
    faulty = await startFaultCameras({ mjpeg: { codec: 'mjpeg' } });
    const camerasFile = join(folder.path, 'cameras.yaml');
    await writeFile(
      camerasFile,
      JSON.stringify({
        cameras: [
          { id: 'cam_1', url: changing.url(), audio: 'on' },
          { id: 'mjpeg', url: faulty.url('mjpeg') },
        ],
      }),
    );
    stack = await startStack({
      apps: ['recorder', 'clipper', 'snapshotter'],
      cameras: [],
      camera: { cameras: [2] },
      environment: { CAMERAS_FILE: camerasFile },
    });
    await recorded(stack, 'cam_1', 6000);
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
    await changing.stop();
    await faulty.stop();
    await folder.remove();
  });

  async function clipOf(cameraId: string, startMs: number, endMs: number): Promise<ClipReady> {
    const reply = await stack.detector.request(
      'seguranca.record.clip',
      JSON.stringify({ camera_id: cameraId, start: startMs / 1000, end: endMs / 1000 }),
      { timeout: 5000 },
    );
    const { clip_id } = reply.json<{ clip_id: string }>();
    const found = await until(
      () => stack.heard('seguranca.record.clip.ready').find((message) => message['clip_id'] === clip_id),
      { what: `clip.ready of ${clip_id}`, deadlineMs: CLIP_WITHIN_MS },
    );
    return clipReady.parse(found);
  }

  async function fetched(url: unknown, ending: string): Promise<string> {
    const path = join(await mkdtemp(join(folder.path, 'got-')), `file.${ending}`);
    await writeFile(path, Buffer.from(await (await fetch(String(url))).arrayBuffer()));
    return path;
  }

  /** Every picture of a camera's footage, with its stamp. */
  async function footageOf(cameraId: string): Promise<(Picture & { atMs: number; path: string })[]> {
    const segments = await listSegments(stack.recordingsDir, cameraId);
    const each = await Promise.all(
      segments.map(async ({ path, startMs }) =>
        (await readPictures(path)).map((picture) => ({
          ...picture,
          path,
          atMs: startMs + picture.ptsSeconds * SECOND_MS,
        })),
      ),
    );
    return each.flat();
  }

  /**
   * Expects every picture of the footage that was asked for in the clip: once, in order, at its instant, and readable.
   */
  async function expectEveryPicture(ready: ClipReady): Promise<{ path: string; pictures: number }> {
    const [fromMs, toMs] = [ready.requested_start * SECOND_MS - 0.5, ready.requested_end * SECOND_MS - 0.5];
    const wanted = (await footageOf(ready.camera_id)).filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const path = await fetched(ready.url, 'mp4');
    const shown = await readPictures(path);
    expect(shown.every(({ ok }) => ok)).toBe(true);
    expect(shown.map(({ frame }) => frame)).toEqual(wanted.map(({ frame }) => frame));
    const offMs = shown.map(({ ptsSeconds }, i) =>
      Math.abs(ready.start * SECOND_MS + ptsSeconds * SECOND_MS - (wanted[i]?.atMs ?? NaN)),
    );
    expect(Math.max(...offMs)).toBeLessThan(ROUNDING_MS);
    return { path, pictures: shown.length };
  }

  it('a change of the picture is whole: every picture once, at its instant, with sound; so are snapshots', async () => {
    changedMs = Date.now();
    await changing.switchSize();
    await recorded(stack, 'cam_1', 6000);
    const [startMs, endMs] = [changedMs - 4000, changedMs + 5000];
    const ready = await clipOf('cam_1', startMs, endMs);
    expect(ready).toMatchObject({ partial: false, gaps: [], codec: 'h264', encoded: 'mixed' });
    expect(ready.streams?.map(({ width, height }) => `${width}x${height}`)).toEqual(['640x360', '512x288']);

    const { path, pictures } = await expectEveryPicture(ready);
    expect(pictures).toBeGreaterThan(200);

    // The camera beeps at every whole second, also behind the change.
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
    const beepsMs = [...stderr.matchAll(/silence_end: (\S+)/g)]
      .map((match) => ready.start * SECOND_MS + Number(match[1]) * SECOND_MS)
      .filter((atMs) => atMs < endMs - 300);
    expect(beepsMs.length).toBeGreaterThan(6);
    for (const beepMs of beepsMs)
      expect(Math.abs(beepMs - Math.round(beepMs / SECOND_MS) * SECOND_MS)).toBeLessThan(250);

    const footage = await footageOf('cam_1');
    const seamAt = footage.findIndex(({ path: of }, i) => i > 0 && of !== footage[i - 1]?.path);
    for (const [at, width] of [
      [seamAt - 1, 640],
      [seamAt, 512],
    ] as const) {
      const wantedPicture = footage[at];
      const reply = await stack.detector.request(
        'seguranca.record.snapshot',
        JSON.stringify({ camera_id: 'cam_1', timestamp: ((wantedPicture?.atMs ?? NaN) + FRAME_MS / 2) / SECOND_MS }),
        { timeout: 30_000 },
      );
      const snapshot = reply.json<{ url: string; width: number }>();
      expect(snapshot).toMatchObject({ width });
      expect((await readPictures(await fetched(snapshot.url, 'jpg')))[0]).toMatchObject({
        frame: wantedPicture?.frame,
        ok: true,
      });
    }
  }, 180_000);

  it('a change of the picture is made all the same where the clipper is killed while it encodes', async () => {
    // This window is so much shorter than the clip above that it gets a clip of its own.
    const [startMs, endMs] = [changedMs - 2500, changedMs + 3500];
    const reply = await stack.detector.request(
      'seguranca.record.clip',
      JSON.stringify({ camera_id: 'cam_1', start: startMs / 1000, end: endMs / 1000, request_id: 'killed' }),
      { timeout: 5000 },
    );
    const { clip_id } = reply.json<{ clip_id: string }>();
    const files = async (): Promise<string[]> =>
      (await readdir(join(stack.folder, 'clips'), { recursive: true })).filter((name) => name.includes(clip_id));
    await until(async () => (await files()).some((name) => name.endsWith('encoded.mp4')), {
      what: 'a clip that is being encoded',
      deadlineMs: 20_000,
    });
    await stack.workers.get('clipper')?.kill();
    await (await stack.restart('clipper')).waitReady();
    const found = await until(
      () => stack.heard('seguranca.record.clip.ready').find((message) => message['clip_id'] === clip_id),
      { what: `clip.ready of ${clip_id}`, deadlineMs: CLIP_WITHIN_MS },
    );
    const ready = clipReady.parse(found);
    expect(ready).toMatchObject({ partial: false, encoded: 'mixed', event_id: 'killed' });
    await expectEveryPicture(ready);
    expect((await files()).map((name) => name.slice(name.lastIndexOf(clip_id))).sort()).toEqual(
      ['jpg', 'json', 'mp4'].map((ending) => `${clip_id}.${ending}`),
    );
  }, 180_000);

  it('an MJPEG camera plays in a browser: it is H.264, which the message and, once, the log say', async () => {
    const endMs = Date.now() - SECOND_MS;
    const ready = await clipOf('mjpeg', endMs - 4000, endMs);
    expect(ready).toMatchObject({ partial: false, codec: 'h264', width: 640, height: 360, encoded: 'codec' });
    expect(ready.streams).toEqual([{ start: ready.start, end: ready.end, codec: 'mjpeg', width: 640, height: 360 }]);
    const { pictures } = await expectEveryPicture(ready);
    expect(pictures).toBeGreaterThan(90);
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const played = `new Promise((resolve) => {
        const src = ${JSON.stringify(ready.url)};
        const video = Object.assign(document.createElement('video'), { muted: true, src });
        const pictures = () => video.getVideoPlaybackQuality().totalVideoFrames > 0;
        video.onended = () => resolve({ width: video.videoWidth, pictures: pictures() });
        video.onerror = () => resolve(video.error.message);
        video.play().catch(() => undefined);
      })`;
      expect(await page.evaluate(played)).toEqual({ width: 640, pictures: true });
    } finally {
      await browser.close();
    }
    await clipOf('mjpeg', endMs - 3000, endMs - SECOND_MS);
    expect(stack.workers.get('clipper')?.logs.filter((line) => line.includes('browsers do not play'))).toEqual([
      expect.stringContaining('"mjpeg"'),
    ]);
  }, 180_000);

  it('a camera that went away and is just back says why there is a gap', async () => {
    await changing.kill();
    const awayMs = Date.now();
    await changing.restart();
    await recorded(stack, 'cam_1', 2000);
    const ready = await clipOf('cam_1', awayMs - 3000, Date.now() - 500);
    expect(ready.partial).toBe(true);
    expect(ready.gaps.map(({ reason }) => reason)).toEqual(['camera_disconnected']);
  });
});
