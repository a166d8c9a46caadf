// Players show all pictures of a playlist over ten seams.
import { existsSync } from 'node:fs';
import { appendGap } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { runToEnd } from '@vr/testing';
import { chromium, type Browser } from 'playwright-core';
import { ConsoleApp } from '../testing/console-app';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);
const SEAMS = 10;
const SEGMENT_SECONDS = 2;
const SECONDS = SEGMENT_SECONDS * (SEAMS + 1);
const FPS = 25;
const PICTURES = SECONDS * FPS;

const chromiumPath =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ??
  'chromium';

const COUNT_BY_OPENCV = `
import cv2, sys
video, count = cv2.VideoCapture(sys.argv[1]), 0
while video.read()[0]: count += 1
print(count)`;

/** This runs in the page. It buffers all before it plays, so that nothing is late. */
const COUNT_FRAMES = `(source) => new Promise((resolve, reject) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const hls = new window.Hls({ enableWorker: false, maxBufferLength: 300, maxMaxBufferLength: 300 });
  hls.on('hlsError', (_, error) => error.fatal && reject(new Error(error.details)));
  let buffered = 0;
  hls.on('hlsFragBuffered', () => {
    buffered += 1;
    if (buffered < hls.levels[0].details.fragments.length) return;
    video.playbackRate = 4;
    video.play();
  });
  video.onended = () => resolve({ frames: video.getVideoPlaybackQuality().totalVideoFrames, seconds: video.duration });
  video.onerror = () => reject(new Error(video.error.message));
  hls.loadSource(source);
  hls.attachMedia(video);
})`;

/** Plays a file in the browser's own player. When the file has ended, it jumps to the middle. */
const COUNT_FRAMES_OF_FILE = `(source) => new Promise((resolve, reject) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  video.onended = () => {
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    video.onseeked = () => resolve({ frames: totalVideoFrames, seconds: video.duration, jumpedTo: video.currentTime });
    video.currentTime = video.duration / 2;
  };
  video.onerror = () => reject(new Error(video.error.message));
  video.defaultPlaybackRate = 4;
  video.src = source;
  video.play();
})`;

describe('a playlist over ten seams', () => {
  let console_: ConsoleApp;
  let browser: Browser;
  const path = (camera: string, fromSecond = 0, toSecond = SECONDS): string =>
    `/api/cameras/${camera}/footage.m3u8?start=${START_MS / 1000 + fromSecond}&end=${START_MS / 1000 + toSecond}`;

  beforeAll(async () => {
    console_ = await ConsoleApp.start({
      cameras: ['plain', 'reordered', 'sound', 'holes'],
      environment: { CONSOLE_API_TOKEN: '' },
    });
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
    });
    const picture = ['-f', 'lavfi', '-i', `testsrc=size=320x180:rate=${FPS}:duration=${SECONDS + 60}`];
    const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '50', '-sc_threshold', '0'];
    const streams = {
      plain: await TestStream.from([...picture, '-t', String(SECONDS), ...encoder, '-bf', '0']),
      reordered: await TestStream.from([...picture, '-t', String(SECONDS), ...encoder, '-bf', '3']),
      sound: await TestStream.from([
        ...picture,
        '-f',
        'lavfi',
        '-i',
        'sine=sample_rate=16000',
        '-t',
        String(SECONDS),
        ...encoder,
        '-bf',
        '0',
        '-c:a',
        'aac',
      ]),
    };
    for (const [camera, stream] of Object.entries(streams)) {
      for (let from = 0; from < SECONDS; from += SEGMENT_SECONDS)
        await stream.record(console_.recordingsDir, camera, START_MS, from, from + SEGMENT_SECONDS);
    }
    // The footage has three segments, a hole of a minute, and three more segments.
    for (const from of [0, 2, 4]) await streams.plain.record(console_.recordingsDir, 'holes', START_MS, from, from + 2);
    await appendGap(console_.recordingsDir, 'holes', {
      startMs: START_MS + 6000,
      endMs: START_MS + 66_000,
      reason: 'camera_disconnected',
    });
    for (const from of [6, 8, 10])
      await streams.plain.record(console_.recordingsDir, 'holes', START_MS + 60_000, from, from + 2);
  });
  afterAll(async () => {
    await browser.close();
    await console_.stop();
  });

  /** Counts with the frame rate as it comes (`passthrough`), and with the one that ffmpeg evens out by itself. */
  async function ffmpegCount(camera: string, ...options: string[]): Promise<number> {
    const { stdout } = await runToEnd('ffmpeg', [
      '-v',
      'error',
      '-i',
      console_.url + path(camera, 0, 200),
      '-map',
      '0:v:0',
      ...options,
      '-f',
      'framemd5',
      'pipe:1',
    ]);
    return stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')).length;
  }

  /** Counts through hls.js, as our page plays it, at four times the speed. */
  async function chromiumCount(camera: string, toSecond = SECONDS): Promise<{ frames: number; seconds: number }> {
    const page = await browser.newPage();
    try {
      await page.goto(`${console_.url}/`);
      await page.addScriptTag({ url: '/vendor/hls.min.js' });
      return await page.evaluate<{ frames: number; seconds: number }>(
        `(${COUNT_FRAMES})(${JSON.stringify(path(camera, 0, toSecond))})`,
      );
    } finally {
      await page.close();
    }
  }

  it.each(['plain', 'reordered', 'sound'])('gives ffmpeg every picture: %s', async (camera) => {
    expect([await ffmpegCount(camera, '-fps_mode', 'passthrough'), await ffmpegCount(camera)]).toEqual([
      PICTURES,
      PICTURES,
    ]);
  });

  // tools/proofs/players.ts names a Python that has OpenCV.
  const python = process.env['PLAYERS_PYTHON'];
  if (python !== undefined) {
    it.each(['plain', 'reordered', 'sound'])('gives OpenCV every picture: %s', async (camera) => {
      const { stdout } = await runToEnd(python, ['-c', COUNT_BY_OPENCV, console_.url + path(camera)]);
      expect(Number(stdout)).toBe(PICTURES);
    });
  }

  it.each(['plain', 'reordered', 'sound'])('gives Chromium every picture: %s', async (camera) => {
    const { frames, seconds } = await chromiumCount(camera);
    expect(frames).toBe(PICTURES);
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(0.2);
  });

  it.each(['plain', 'reordered', 'sound'])('gives Chromium every picture as one file, too: %s', async (camera) => {
    const page = await browser.newPage();
    try {
      await page.goto(`${console_.url}/`);
      // Reordered pictures begin two frames after the stream's first second does, and end as much later.
      const file = path(camera, 0, SECONDS + 1).replace('footage.m3u8', 'clip.mp4');
      const call = `(${COUNT_FRAMES_OF_FILE})(${JSON.stringify(file)})`;
      const played = await page.evaluate<{ frames: number; seconds: number; jumpedTo: number }>(call);
      expect(played.frames).toBe(PICTURES);
      expect(Math.abs(played.seconds - SECONDS)).toBeLessThan(0.2);
      expect(played.jumpedTo).toBeCloseTo(played.seconds / 2, 3);
    } finally {
      await page.close();
    }
  });

  it('gives every picture over a hole, too', async () => {
    expect(await ffmpegCount('holes', '-fps_mode', 'passthrough')).toBe(12 * FPS);
    expect((await chromiumCount('holes', 72)).frames).toBe(12 * FPS);
  });
});
