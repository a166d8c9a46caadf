/** Reads the strip along the top of a picture in a browser, as `readPictures` of libs/testing does by ffmpeg. */
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Runs in the page: the cells of the strip, averaged without the lines at its edges, which the codec blurs. */
const READER = `
window.readStrip = (video) => {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return undefined;
  const lines = Math.max(Math.floor(height / 27 / 2) * 2 - 4, 2);
  const canvas = window.stripCanvas ??= document.createElement('canvas');
  canvas.width = width;
  canvas.height = lines;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 2, width, lines, 0, 0, width, lines);
  const { data } = context.getImageData(0, 0, width, lines);
  const cell = (index) => {
    const [from, to] = [Math.ceil((index + 0.25) * width / 64), Math.floor((index + 0.75) * width / 64)];
    let sum = 0;
    for (let y = 0; y < lines; y++) for (let x = from; x < to; x++) sum += data[(y * width + x) * 4];
    return sum / lines / (to - from) > 117 ? 1 : 0;
  };
  const number = (from, count) => {
    let value = 0;
    for (let index = from; index < from + count; index++) value = value * 2 + cell(index);
    return value;
  };
  const frame = number(12, 26);
  const ok = number(0, 4) === 0b1010 && frame + number(38, 26) === 2 ** 26 - 1;
  return ok ? { frame, camera: number(4, 8), shownMs: Number(video.dataset.shownMs) } : undefined;
};
window.watchStrip = (video) => {
  const seen = (window.seenStrips = []);
  window.sought = 0;
  video.addEventListener('seeking', () => (window.sought += 1));
  const next = () => {
    const strip = window.readStrip(video);
    if (strip) seen.push(strip);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
};`;

const strip = z.object({ frame: z.number(), camera: z.number(), shownMs: z.number() });
export type Strip = z.infer<typeof strip>;

const videoOf = (name: string): string => `document.querySelector('figure[aria-label="${name}"] video')`;

/** The picture that the camera's view shows. Undefined while it shows none of a camera of ours. */
export async function shownStrip(page: Page, name: string): Promise<Strip | undefined> {
  return strip.optional().parse(await page.evaluate(`${READER};window.readStrip(${videoOf(name)})`));
}

/** From now on every picture that the view shows is read. */
export async function watchStrips(page: Page, name: string): Promise<void> {
  await page.evaluate(`${READER};window.watchStrip(${videoOf(name)})`);
}

export async function seenStrips(page: Page): Promise<Strip[]> {
  return z.array(strip).parse(await page.evaluate('window.seenStrips'));
}

/** How often the video element has jumped since it is watched. */
export async function soughtTimes(page: Page): Promise<number> {
  return z.number().parse(await page.evaluate('window.sought'));
}
