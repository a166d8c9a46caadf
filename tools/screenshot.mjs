// screenshot.mjs [CONSOLE_URL] [FILE]: the picture in the README, of a running stack. Plays the newest clip first, so
// that it also proves that a browser can.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const url = process.argv[2] ?? 'http://127.0.0.1:8080';
const path = process.argv[3] ?? fileURLToPath(new URL('../docs/screenshot.png', import.meta.url));
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1080 },
    deviceScaleFactor: 1.5,
    colorScheme: 'dark',
  });
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url);
  await page.waitForSelector('#clips video', { timeout: 90_000 });
  await page.waitForFunction(
    () => [...document.querySelectorAll('#cameras img')].every((image) => !image.hidden && image.naturalWidth > 0),
    undefined,
    { timeout: 30_000 },
  );
  for (const button of await page.$$('#cameras .actions button')) await button.click();
  await page.waitForSelector('#snapshots img', { timeout: 20_000 });
  const played = await page.evaluate(async () => {
    const video = document.querySelector('#clips video');
    video.muted = true;
    await video.play();
    await new Promise((settle) => video.addEventListener('timeupdate', () => video.currentTime > 1 && settle()));
    video.currentTime = 12; // a seek, by a Range request
    await new Promise((settle) => video.addEventListener('seeked', settle, { once: true }));
    video.pause();
    return { seconds: video.duration, at: video.currentTime, width: video.videoWidth };
  });
  console.log(`the newest clip plays and seeks: ${JSON.stringify(played)}`);
  await page.click('#cameras button.picture');
  // The page sets currentTime before anything plays: that it plays is said by its wall clock, which only a fragment on
  // show has.
  await page.waitForFunction(
    () =>
      document.querySelector('#player video').videoWidth > 0 &&
      /\d:\d\d/.test(document.querySelector('#player .note').textContent),
    undefined,
    { timeout: 20_000 },
  );
  console.log(`recorded footage plays: ${await page.textContent('#player .note')}`);
  await page.click('#player button');
  await page.waitForFunction(() => document.getElementById('notice').hidden, undefined, { timeout: 10_000 });
  await page.screenshot({ path });
  console.log(path);
} finally {
  await browser.close();
}
