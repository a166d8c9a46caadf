// The timeline page in Chromium, on the whole stack. The barcode in the picture says which frame is really shown.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOP_FRAMES } from '@vr/camera-simulator';
import { frameInLoop, playScene, readTruth, startBrowser, until, type Scene } from '@vr/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import { seenStrips, shownStrip, soughtTimes, watchStrips, type Strip } from './barcode';
import { recorded, startStack, type Stack } from './stack';

const timelineAnswer = z.object({
  spans: z.array(z.object({ start: z.number(), end: z.number() })),
  gaps: z.array(z.object({ start: z.number(), end: z.number(), reason: z.string() })),
});
const indexAnswer = z.object({ files: z.array(z.object({ start: z.number(), end: z.number() })) });

let stack: Stack;
let browser: Browser;
let consoleUrl: string;
let gap: { startMs: number; endMs: number };
let seamMs: number;
let eventMs: number;

const ask = async (path: string): Promise<unknown> => (await fetch(consoleUrl + path)).json();
const range = (): string => `start=${eventMs / 1000 - 120}&end=${Date.now() / 1000}`;

function seamOf(index: unknown): { end: number } | undefined {
  const { files } = indexAnswer.parse(index);
  return files.find(({ end }, at) => Math.abs((files[at + 1]?.start ?? Infinity) - end) < 0.2);
}

beforeAll(async () => {
  stack = await startStack({
    apps: ['recorder', 'clipper', 'console'],
    camera: { gopSeconds: 1 },
    environment: { SEGMENT_SECONDS: '10', CLIP_PRE_SECONDS: '3', CLIP_POST_SECONDS: '3' },
  });
  consoleUrl = stack.workers.get('console')?.httpUrl ?? '';
  browser = await startBrowser();
  await recorded(stack, 'cam_1', 13_000);
  eventMs = Date.now() - 1000;
  const event = { event_id: 'night-1', camera_id: 'cam_1', timestamp: eventMs / 1000 };
  stack.detector.publish('seguranca.event.person', JSON.stringify(event));
  const asked = `/api/events?camera=cam_1&start=${eventMs / 1000 - 10}&end=${eventMs / 1000 + 10}`;
  await until(async () => JSON.stringify(await ask(asked)).includes('"state":"ready"'), {
    what: 'the clip of the event',
    deadlineMs: 40_000,
  });
  const seam = await until(async () => seamOf(await ask(`/api/cameras/cam_1/index?${range()}`)), {
    what: 'two files without a gap between them',
    deadlineMs: 40_000,
  });
  seamMs = seam.end * 1000;
  await recorded(stack, 'cam_1', 8000);
  const lost = (): boolean =>
    stack.heard('seguranca.record.status').some(({ camera_id: id, state }) => id === 'cam_1' && state === 'offline');
  await stack.camera.kill();
  await until(lost, { what: 'the recorder to miss the camera', deadlineMs: 30_000 });
  await stack.camera.start();
  const found = await until(
    async () => {
      const { spans, gaps } = timelineAnswer.parse(await ask(`/api/cameras/cam_1/timeline?${range()}`));
      const inside = gaps.find(
        ({ start, end }) => start > (spans[0]?.start ?? Infinity) && end < Date.now() / 1000 - 6,
      );
      return inside && spans.some(({ start, end }) => start >= inside.end - 0.1 && end > inside.end + 5) && inside;
    },
    { what: 'footage after the gap', deadlineMs: 60_000 },
  );
  gap = { startMs: found.start * 1000, endMs: found.end * 1000 };
}, 180_000);
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const play = (scene: (stage: Scene) => Promise<void>, options?: BrowserContextOptions): Promise<void> =>
  playScene(browser, scene, options);

/** How many frames lie between the shown picture and the instant. */
function framesOff({ frame }: Strip, atMs: number): number {
  const off = (((frame - frameInLoop(atMs)) % LOOP_FRAMES) + LOOP_FRAMES) % LOOP_FRAMES;
  return Math.min(off, LOOP_FRAMES - off);
}

async function openAt(page: Page, atMs: number, cameras = 'cam_1'): Promise<void> {
  await page.goto(`${consoleUrl}/app/timeline?cam=${cameras}&at=${atMs / 1000}`);
  await page.getByRole('figure', { name: 'cam_1' }).waitFor();
}

/** Waits for a picture that fits. */
function picture(page: Page, name: string, fits: (strip: Strip) => boolean, what: string): Promise<Strip> {
  let last: Strip | undefined;
  return until(
    async () => {
      last = await shownStrip(page, name);
      return last !== undefined && fits(last) && last;
    },
    { what: `${what} in ${name}`, deadlineMs: 15_000 },
  ).catch((error: unknown) => {
    throw new Error(`the last picture was ${JSON.stringify(last)}`, { cause: error });
  });
}

/** A zone in which it is between one and two at night. */
function zoneOfNight(): string {
  const ahead = (25 - new Date().getUTCHours()) % 24;
  const east = ahead > 12 ? ahead - 24 : ahead;
  return `Etc/GMT${east >= 0 ? '-' : '+'}${Math.abs(east)}`; // these names have their sign the other way round
}

it('takes who was burgled last night to the moment, and to a file of it, in three clicks', () =>
  play(
    async ({ page }) => {
      await page.goto(`${consoleUrl}/app/`);
      await page.getByRole('link', { name: 'Timeline' }).click();
      await page.getByRole('button', { name: 'Last night' }).click();
      await picture(page, 'cam_1', (strip) => framesOff(strip, eventMs) <= 3 * 25, 'the event');
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download' }).click();
      const truth = await readTruth(await (await downloading).path());
      expect(truth[0]?.wallMs).toBeLessThanOrEqual(eventMs - 2900);
      expect(truth.at(-1)?.wallMs).toBeGreaterThanOrEqual(eventMs + 2900);
    },
    { timezoneId: zoneOfNight() },
  ));

it('gives a link to a selection, which needs no account, and ends it', () =>
  play(async ({ page }) => {
    const selection = `${eventMs / 1000 - 2}-${eventMs / 1000 + 2}`;
    await page.goto(`${consoleUrl}/app/timeline?cam=cam_1&at=${eventMs / 1000}&still=1&sel=${selection}`);
    await page.getByRole('button', { name: 'Share' }).click();
    const link = await page.getByLabel('Link to cam_1').inputValue();
    const guest = await browser.newContext(); // a fresh browser, with no cookie of ours
    try {
      const shown = await guest.newPage();
      await shown.goto(link);
      await shown.getByRole('heading', { name: 'cam_1' }).waitFor();
      await shown.waitForFunction('document.querySelector("video").readyState >= 2'); // it has a picture
      const file = join(stack.folder, 'shared.mp4');
      await writeFile(file, await (await guest.request.get(`${link}/clip.mp4`)).body());
      const truth = await readTruth(file);
      expect(truth.at(0)?.wallMs).toBeLessThanOrEqual(eventMs - 1900);
      expect(truth.at(-1)?.wallMs).toBeGreaterThanOrEqual(eventMs + 1900);
      await page.goto(`${consoleUrl}/app/shares`);
      await page.getByText('Opened 1 times.').waitFor();
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('Was revoked.').waitFor();
      for (const path of ['', '/clip.mp4', '/poster.jpg'])
        expect([path, (await guest.request.get(link + path)).status()]).toEqual([path, 410]);
    } finally {
      await guest.close();
    }
  }));

it('jumps to an instant: the frame of that instant, give or take one', () =>
  play(async ({ page }) => {
    await openAt(page, eventMs);
    await page.getByRole('button', { name: 'Pause' }).click();
    const slider = page.getByRole('slider', { name: 'Timeline' });
    for (const atMs of [eventMs - 7340, gap.endMs + 1720, seamMs - 60, seamMs + 60, eventMs + 480]) {
      await page.goto(`${consoleUrl}/app/timeline?cam=cam_1&at=${atMs / 1000}&still=1`);
      await slider.waitFor();
      await picture(page, 'cam_1', (strip) => framesOff(strip, atMs) <= 1, `the frame of ${atMs}`);
    }
  }));

it('plays over a seam without a word, and every frame comes after the one before', () =>
  play(async ({ page }) => {
    await openAt(page, seamMs - 3000);
    await picture(page, 'cam_1', ({ shownMs }) => shownMs > seamMs - 2000, 'the first pictures');
    await watchStrips(page, 'cam_1');
    await picture(page, 'cam_1', ({ shownMs }) => shownMs > seamMs + 1000, 'a picture after the seam');
    expect(await page.getByRole('status', { name: 'Time passed over' }).textContent()).toBe('');
    const seen = await seenStrips(page);
    expect(seen.filter((strip) => framesOff(strip, strip.shownMs) > 1)).toEqual([]);
    expect(seen.some(({ shownMs }) => shownMs < seamMs - 500)).toBe(true);
    const steps = seen.slice(1).map(({ shownMs }, index) => shownMs - (seen[index]?.shownMs ?? 0));
    expect(steps.filter((step) => step <= 0)).toEqual([]);
    expect(await soughtTimes(page)).toBe(0);
  }));

it('passes over a gap and says which time that was, and why', () =>
  play(async ({ page }) => {
    await openAt(page, gap.startMs - 2000);
    await picture(page, 'cam_1', ({ shownMs }) => shownMs < gap.startMs, 'a picture before the gap');
    const after = await picture(page, 'cam_1', ({ shownMs }) => shownMs >= gap.endMs, 'a picture after the gap');
    expect(framesOff(after, after.shownMs)).toBeLessThanOrEqual(1);
    const word = await page.getByRole('status', { name: 'Time passed over' }).textContent();
    expect(word).toMatch(/^Passed over: nothing was recorded from .*\. The camera .*\.$/);
  }));

it('shows two cameras in step', () =>
  play(async ({ page }) => {
    await openAt(page, gap.startMs - 12_000, 'cam_1,cam_2');
    await page.getByRole('figure', { name: 'cam_2' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const slider = page.getByRole('slider', { name: 'Timeline' });
    const atMs = 1000 * Number(await slider.getAttribute('aria-valuenow'));
    await page.goto(`${consoleUrl}/app/timeline?cam=cam_1,cam_2&at=${atMs / 1000}&still=1`);
    for (const [name, camera] of [['cam_1', 1] as const, ['cam_2', 2] as const])
      await picture(page, name, (strip) => strip.camera === camera && framesOff(strip, atMs) <= 1, 'the same instant');
  }));

it('moves live, and greys a picture that is old, with its time, until the camera is back', () =>
  play(async ({ page }) => {
    await page.goto(`${consoleUrl}/app/`);
    const first = await picture(page, 'cam_1', () => true, 'a picture');
    await picture(page, 'cam_1', ({ shownMs }) => shownMs > first.shownMs + 2000, 'a later picture');
    const now = await picture(page, 'cam_1', (strip) => framesOff(strip, Date.now()) <= 5 * 25, 'a picture of now');
    expect(framesOff(now, now.shownMs)).toBeLessThanOrEqual(1);
    await stack.camera.stall(1);
    const view = page.getByRole('figure', { name: 'cam_1' });
    await view.getByText(/^Last picture at /).waitFor();
    await stack.camera.resume(1);
    const again = Date.now();
    await picture(page, 'cam_1', ({ shownMs }) => shownMs > again, 'a picture after the silence');
    await view.getByText(/^Last picture at /).waitFor({ state: 'detached' });
  }));

it('shows a picture a second where the browser plays no such footage, in the past and live', () =>
  play(async ({ page }) => {
    await page.addInitScript('MediaSource.isTypeSupported = () => false');
    await openAt(page, eventMs);
    const still = page.getByRole('figure', { name: 'cam_1' }).locator('img');
    const isShown = async (): Promise<boolean> => (await still.evaluate('(image) => image.naturalWidth')) !== 0;
    await page.getByText('This browser cannot play the footage. It shows a picture a second.').waitFor();
    await until(isShown, { what: 'a still of the past', deadlineMs: 10_000 });
    await page.goto(`${consoleUrl}/app/`);
    const fromSocket = async (): Promise<boolean> => (await still.getAttribute('src'))?.startsWith('blob:') === true;
    await until(async () => (await fromSocket()) && isShown(), { what: 'a live still', deadlineMs: 10_000 });
  }));
