// npm run proof:clips [-- WINDOWS]: the long form of apps/e2e/src/clips-truth.int.spec.ts: clips of 100 random windows
// against the truth in their pictures. Then some of them in Chromium: what it shows first, and whether they play and
// seek.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [windows = '100'] = process.argv.slice(2);
const IN_BROWSER = 8;
const kept = mkdtempSync(join(tmpdir(), 'vr-truth-'));

function run(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * The number in the strip along the picture's top, read in the page: cells 12 to 37 of 64
 * (libs/testing/camera/media.mjs).
 */
async function look(name) {
  const video = document.createElement('video');
  video.muted = true;
  video.src = `/${name}.mp4`;
  await new Promise((settle, fail) => {
    video.onloadeddata = settle;
    video.onerror = () => fail(new Error(video.error.message));
  });
  document.body.replaceChildren(video);
  // What was loaded is not yet what is on show.
  await new Promise((settle) => video.requestVideoFrameCallback(settle));
  const canvas = new OffscreenCanvas(64, 1);
  const picture = canvas.getContext('2d');
  const stripHeight = Math.floor(video.videoHeight / 27 / 2) * 2;
  picture.drawImage(video, 0, 2, video.videoWidth, stripHeight - 4, 0, 0, 64, 1);
  const { data } = picture.getImageData(0, 0, 64, 1);
  let frame = 0;
  for (let cell = 12; cell < 38; cell++) frame = frame * 2 + (data[cell * 4] > 117 ? 1 : 0);
  await video.play();
  await new Promise((settle) => video.addEventListener('timeupdate', () => video.currentTime > 0.2 && settle()));
  video.currentTime = video.duration / 2;
  await new Promise((settle) => video.addEventListener('seeked', settle, { once: true }));
  return { frame, seconds: video.duration };
}

async function inChromium() {
  const server = createServer((request, response) => {
    if (!request.url.endsWith('.mp4'))
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    const path = join(kept, request.url.slice(1));
    const { size } = statSync(path);
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? 'bytes=0-') ?? [];
    const [start, end] = [Number(from), to ? Number(to) : size - 1];
    response.writeHead(206, {
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${size}`,
    });
    return createReadStream(path, { start, end }).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
    existsSync(file),
  );
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
  });
  let faults = 0;
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const names = readdirSync(kept)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .slice(0, IN_BROWSER);
    for (const name of names) {
      const wanted = JSON.parse(readFileSync(join(kept, `${name}.json`), 'utf8'));
      const seen = await page.evaluate(look, name);
      const good = seen.frame === wanted.firstFrame && Math.abs(seen.seconds - wanted.seconds) < 0.1;
      if (!good) faults += 1;
      console.log(
        `Chromium ${good ? 'shows' : 'SHOWS WRONGLY'} ${name}: first frame ${seen.frame} (wanted ${wanted.firstFrame}), ${seen.seconds.toFixed(2)} s (wanted ${wanted.seconds}), plays and seeks`,
      );
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
  return faults;
}

try {
  for (const app of ['recorder', 'clipper']) run(['tools/build-app.mjs', app]);
  const long = {
    TRUTH_WINDOWS: windows,
    TRUTH_FOOTAGE_SECONDS: process.env.TRUTH_FOOTAGE_SECONDS ?? '90',
    TRUTH_KEEP_DIR: kept,
  };
  run(['tools/jest.mjs', '--selectProjects', 'e2e', '--testPathPatterns', 'clips-truth'], long);
  process.exitCode = (await inChromium()) === 0 ? 0 : 1;
} finally {
  rmSync(kept, { recursive: true, force: true });
}
