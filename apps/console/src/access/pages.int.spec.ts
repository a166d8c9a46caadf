import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { QueueFactory, QueueModule } from '@vr/queue';
import { createLogger, ServiceModule, Shutdown } from '@vr/service';
import type { BrowserContext, Page } from 'playwright-core';
import { BrowserStage, CLIP, HOSTILE, PICTURE } from '../testing/browser-stage';
import { MARKUP, plantHostileWords } from '../testing/hostile-words';

const QUEUE = 'clips-node1';

let stage: BrowserStage;
let queues: INestApplicationContext;
let context: BrowserContext;
let page: Page;
let address: string;
let folder: string;
/** What the browser says that it did not do, or could not. */
let complaints: string[];

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
beforeEach(async () => {
  context = await stage.browser.newContext();
  page = await context.newPage();
  complaints = [];
  await page.addInitScript(`${HOSTILE};watchPolicy()`);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});
afterEach(() => context.close());

describe('the pages of the product', () => {
  it.each([
    ['/', '#cameras article'],
    ['/login.html', 'form'],
    ['/login.html?wrong', 'form'],
    ['/queues/', `a[href*="${QUEUE}"]`],
    [`/queues/queue/${QUEUE}`, 'text=cam_1 person'],
    [`/queues/queue/${QUEUE}/job-1`, 'text=cam_1 person'],
    [PICTURE, 'img'],
  ])('at %s ask no other host, and do nothing that the policy forbids', async (path, sign) => {
    const hosts = new Set<string>();
    context.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(address + path);
    await page.waitForSelector(sign);
    await page.waitForLoadState('networkidle');
    expect([[...hosts], complaints]).toEqual([[new URL(address).host], []]);
  });

  it('play a clip, opened by its address', async () => {
    await page.goto(address + CLIP);
    await page.waitForFunction('document.querySelector("video")?.videoWidth > 0');
  });
});

describe('names and words from outside', () => {
  it('are text on the page and no markup', async () => {
    await plantHostileWords(folder);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(address);
    for (const title of ['#cameras .title', '#clips .title', '#snapshots .title']) {
      await page.waitForFunction(`document.querySelector('${title}')?.textContent.includes('<img src=x onerror=')`);
    }
    const made = [await page.locator('img[src="x"]').count(), await page.locator('body script').count()];
    expect([made, dialogs, complaints.filter((line) => line.startsWith('violates'))]).toEqual([[0, 0], [], []]);
  });

  it.each([
    '/api/cameras',
    '/api/clips',
    `/api/cameras/${encodeURIComponent(MARKUP)}/snapshot.jpg`,
    `/api/clips?camera=${encodeURIComponent(MARKUP)}`,
    `/${encodeURIComponent(MARKUP)}`,
  ])('are text in the answer of %s, which no browser takes for a page', async (path) => {
    const headers = (await page.goto(address + path))?.headers();
    expect(headers?.['content-type']).toBe('application/json; charset=utf-8');
    expect(headers?.['x-content-type-options']).toBe('nosniff');
    expect(await page.locator('img, script').count()).toBe(0);
  });
});
