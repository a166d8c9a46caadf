import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { QueueFactory, QueueModule } from '@vr/queue';
import { createLogger, ServiceModule, Shutdown } from '@vr/service';
import { until, type Scene } from '@vr/testing';
import { BrowserStage, CLIP, HOSTILE, PICTURE } from '../testing/browser-stage';
import { MARKUP, plantHostileWords } from '../testing/hostile-words';

const QUEUE = 'clips-node1';

let stage: BrowserStage;
let queues: INestApplicationContext;
let address: string;
let folder: string;

beforeAll(async () => {
  stage = await BrowserStage.start();
  const logger = createLogger('test', 'silent');
  const service = ServiceModule.forRoot({
    config: { REDIS_URL: stage.redisUrl },
    logger,
    shutdown: new Shutdown(logger),
  });
  @Module({ imports: [service, QueueModule.forRoot()] })
  class TestModule {}
  queues = await NestFactory.createApplicationContext(TestModule, { logger: false });
  await queues.get(QueueFactory).queue<object>(QUEUE).add('job-1', 'cam_1 person', { clipId: 'x' });
  const console_ = await stage.startConsole();
  [address, folder] = [`http://127.0.0.1:${console_.port}`, console_.folder.path];
}, 120_000);
afterAll(async () => {
  await queues.get(Shutdown).run();
  await queues.close();
  await stage.stop();
});
/** Plays a scene. `complaints` are what the browser says that it did not do or could not do. */
function play(scene: (stage: Scene & { complaints: string[] }) => Promise<void>): Promise<void> {
  return stage.play(async ({ context, page }) => {
    const complaints: string[] = [];
    await page.addInitScript(`${HOSTILE};watchPolicy()`);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      // A browser asks for the icon by itself where a picture is opened by its address.
      const isSign = message.location().url.endsWith('/favicon.ico');
      if (message.type() === 'error' && !isSign) complaints.push(message.text());
    });
    await scene({ context, page, complaints });
  });
}

describe('the pages of the product', () => {
  it.each([
    ['/', '#cameras article'],
    ['/login.html', 'form'],
    ['/login.html?wrong', 'form'],
    ['/queues/', `a[href*="${QUEUE}"]`],
    [`/queues/queue/${QUEUE}`, 'text=cam_1 person'],
    [`/queues/queue/${QUEUE}/job-1`, 'text=cam_1 person'],
    ['/api/docs', 'details#cameraTimeline'],
    ['/app/', 'li[data-state]'],
    ['/app/events', 'h1'],
    ['/app/storage', 'table'],
    [PICTURE, 'img'],
  ])('at %s ask no other host, and do nothing that the policy forbids', (path, sign) =>
    play(async ({ context, page, complaints }) => {
      const hosts = new Set<string>();
      context.on('request', (request) => hosts.add(new URL(request.url()).host));
      await page.goto(address + path);
      await page.waitForSelector(sign);
      await page.waitForLoadState('networkidle');
      expect([[...hosts], complaints]).toEqual([[new URL(address).host], []]);
    }),
  );

  it('show all of their head on a phone of 390 pixels', () =>
    play(async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(address);
      await page.locator('#summary', { hasText: 'recording' }).waitFor();
      const cut = await page.evaluate(`[...document.querySelectorAll('.bar, .bar > *')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline'
          || e.getBoundingClientRect().right > innerWidth)
        .map((e) => e.tagName + ' ' + e.textContent.trim())`);
      expect(cut).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    }));

  it('play a clip, opened by its address', () =>
    play(async ({ page }) => {
      await page.goto(address + CLIP);
      const hasPictures = (): Promise<boolean> => page.evaluate('document.querySelector("video")?.videoWidth > 0');
      await until(hasPictures, { what: 'a picture of the clip', deadlineMs: 10_000 });
    }));
});

describe('names and words from outside', () => {
  it('are text on the page and no markup', () =>
    play(async ({ page, complaints }) => {
      await plantHostileWords(folder);
      const dialogs: string[] = [];
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await page.goto(address);
      for (const title of ['#cameras .title', '#clips .title', '#snapshots .title']) {
        await page.locator(title, { hasText: '<img src=x onerror=' }).waitFor();
      }
      const made = [await page.locator('img[src="x"]').count(), await page.locator('body script').count()];
      expect([made, dialogs, complaints.filter((line) => line.startsWith('violates'))]).toEqual([[0, 0], [], []]);
    }));

  it.each([
    '/api/cameras',
    '/api/clips',
    `/api/cameras/${encodeURIComponent(MARKUP)}/snapshot.jpg`,
    `/api/clips?camera=${encodeURIComponent(MARKUP)}`,
    `/${encodeURIComponent(MARKUP)}`,
  ])('are text in the answer of %s, which no browser takes for a page', (path) =>
    play(async ({ page }) => {
      const headers = (await page.goto(address + path))?.headers();
      expect(headers?.['content-type']).toBe('application/json; charset=utf-8');
      expect(headers?.['x-content-type-options']).toBe('nosniff');
      expect(await page.locator('img, script').count()).toBe(0);
    }),
  );
});
