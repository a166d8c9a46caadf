import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { clipRecord } from '@vr/contracts';
import { createClient } from '@vr/messaging';
import { ObjectLinks } from '@vr/objects';
import { QueueFactory, QueueModule } from '@vr/queue';
import { createLogger, ServiceModule, Shutdown, systemClock } from '@vr/service';
import { needBinary, REPOSITORY, runToEnd, startBrowser, startNats, startRedis, until, type Server } from '@vr/testing';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { z } from 'zod';
import { ConsoleProcess, TOKEN } from '../testing/console-process';

const hostile = readFileSync(join(REPOSITORY, 'apps/console/src/testing/foreign-page.js'), 'utf8');
const PICTURE = '/api/media/snapshots/cam_1/picture.jpg';
const CLIP = '/api/media/clips/cam_1/clip.mp4';
const SNAPSHOT = '/api/cameras/cam_1/snapshot';
const QUEUE = 'clips-node1';
const LAN_NAME = 'recorder.lan';
const FOREIGN_NAME = 'evil.lan';
const REBOUND_NAME = 'rebound.lan';

let nats: Server;
let redis: Server;
let open: ConsoleProcess;
let locked: ConsoleProcess;
let foreign: HttpServer;
let browser: Browser;
let context: BrowserContext;
let snapshotsAskedFor: () => number;
const ends: (() => unknown)[] = [];

/** Has its console connected to NATS, and a real picture and a real clip in its object store. */
async function startConsole(environment: Record<string, string>): Promise<ConsoleProcess> {
  const it_ = await ConsoleProcess.start({ NATS_URL: nats.url, REDIS_URL: redis.url, CONSOLE_ALLOWED_HOSTS: LAN_NAME, ...environment });
  ends.unshift(() => it_.stop());
  const ffmpeg = (o: string[]) => needBinary('ffmpeg').then((path) => runToEnd(path, ['-v', 'error', '-f', 'lavfi', ...o]));
  await ffmpeg(['-i', 'color=gray:s=32x32', '-frames:v', '1', join(it_.folder.path, 'objects/snapshots/cam_1/picture.jpg')]);
  await ffmpeg(['-i', 'testsrc=s=64x64:d=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', join(it_.folder.path, 'objects/clips/cam_1/clip.mp4')]);
  await it_.worker.waitReady();
  return it_;
}

beforeAll(async () => {
  [nats, redis] = await Promise.all([startNats(), startRedis()]);
  ends.unshift(() => Promise.all([nats.stop(), redis.stop()]));
  const snapshotter = await createClient({ NATS_URL: nats.url });
  ends.unshift(() => snapshotter.close());
  let asked = 0;
  snapshotsAskedFor = () => asked;
  snapshotter.subscribe('seguranca.record.snapshot', {
    callback: (_, message) => {
      asked += 1;
      message.respond('{"snapshot_id":"s1"}');
    },
  });
  await snapshotter.flush();
  open = await startConsole({});
  locked = await startConsole({ CONSOLE_API_TOKEN: TOKEN });
  foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>foreign</title>')).listen(0, '127.0.0.1');
  ends.unshift(() => (foreign.closeAllConnections(), foreign.close()));
  browser = await startBrowser([LAN_NAME, FOREIGN_NAME, REBOUND_NAME]);
  ends.unshift(() => browser.close());
}, 120_000);
afterAll(async () => {
  for (const end of ends) await end();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/login.html`);
  await page.fill('#token', TOKEN);
  await page.click('button');
  await page.waitForURL(`${address}/`);
}

/** Calls one of the hostile functions in a page, whatever page that is. */
function run(page: Page, name: string, ...given: string[]): Promise<unknown> {
  return page.evaluate(`${hostile};${name}(...${JSON.stringify(given)})`);
}

const cases = [
  ['no token', '127.0.0.1'],
  ['no token', LAN_NAME],
  ['a token', '127.0.0.1'],
  ['a token', LAN_NAME],
] as const;

describe.each(cases)('a page of another name, in a browser that may use the console, which has %s and is called %s', (has, name) => {
  let it_: ConsoleProcess;
  let address: string;
  let page: Page;
  beforeEach(async () => {
    it_ = has === 'a token' ? locked : open;
    address = `http://${name}:${it_.port}`;
    page = await context.newPage();
    if (has === 'a token') await signIn(page, address);
  });

  it.each(['a name of its own', 'the name of the console, and another port'])('and has itself %s, cannot show or read a picture, nor frame the console', async (own) => {
    await page.goto(`http://${own === 'a name of its own' ? FOREIGN_NAME : name}:${(foreign.address() as AddressInfo).port}/`);
    expect(await run(page, 'spy', address, PICTURE)).toEqual({ img: 'refused', video: 'refused', script: 'refused', styles: 'refused', fetch: 'refused', 'fetch, blindly': 'refused' });
    await run(page, 'frame', `${address}/`);
    await until(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:')), { what: 'the refusal of the frame', deadlineMs: 5000 });
    const popup = await Promise.all([context.waitForEvent('page'), page.evaluate(`void window.open(${JSON.stringify(`${address}/`)})`)]).then(([opened]) => opened);
    await popup.waitForLoadState();
    expect(await popup.evaluate('window.opener === null')).toBe(name === '127.0.0.1');
  });

  it('cannot post; the console’s own page can', async () => {
    const before = snapshotsAskedFor();
    const ended: string[] = [];
    const posted = (request: Request, outcome: string): void => {
      if (request.method() === 'POST') ended.push(`${request.resourceType()} ${outcome}`);
    };
    context.on('requestfinished', (request) => void request.response().then((response) => posted(request, String(response?.status()))));
    context.on('requestfailed', (request) => posted(request, 'blocked'));
    await page.goto(`http://${FOREIGN_NAME}:${(foreign.address() as AddressInfo).port}/`);
    await run(page, 'attack', address + SNAPSHOT);
    await until(() => ended.length === 5, { what: 'the end of five requests', deadlineMs: 10_000 });
    expect(ended.sort()).toEqual(['document 403', 'document blocked', 'fetch blocked', 'fetch blocked', 'ping blocked']);
    await page.goto(`${address}/`);
    await page.click('#cameras .actions button');
    await page.waitForSelector('#notice:not([hidden])');
    expect([await page.textContent('#notice'), snapshotsAskedFor() - before]).toEqual(['Snapshot taken', 1]);
    expect(await run(page, 'spy', address, PICTURE)).toMatchObject({ img: 'shown', video: 'shown', fetch: 'read basic' });
  });

  it('whose name leads to the console is not taken for the console’s own', async () => {
    await page.goto(`http://${REBOUND_NAME}:${it_.port}/health/live`);
    const before = snapshotsAskedFor();
    const statuses = z.array(z.number()).parse(await run(page, 'askAsOwn', PICTURE, SNAPSHOT));
    expect([...statuses, snapshotsAskedFor() - before]).toEqual([403, 403, 403, 403, 0]);
  });
});

describe('a signed link', () => {
  it('may be opened and shown by any page that has it, and read by none', async () => {
    const links = new ObjectLinks({ objectsDir: join(locked.folder.path, 'objects'), consoleUrl: `http://${LAN_NAME}:${locked.port}`, urlTtlSeconds: 60 }, systemClock);
    const { pathname, search, origin } = new URL(await links.sign('snapshots', 'cam_1/picture.jpg'));
    const page = await context.newPage();
    await page.goto(`http://${FOREIGN_NAME}:${(foreign.address() as AddressInfo).port}/`);
    expect(await run(page, 'spy', origin, pathname + search)).toMatchObject({ img: 'shown', fetch: 'refused', 'fetch, blindly': 'read opaque' });
    expect((await page.goto(origin + pathname + search))?.status()).toBe(200);
    expect((await page.goto(`${origin}${pathname}${search}x`))?.status()).toBe(403);
  });
});

describe('the sign-in page', () => {
  it('says that a token is wrong, and then lets the right one in', async () => {
    const page = await context.newPage();
    await page.goto(`http://${LAN_NAME}:${locked.port}/`);
    await page.fill('#token', 'not-the-token');
    await page.click('button');
    expect(await page.textContent('[role=alert]')).toBe('This token is wrong.');
    await page.fill('#token', TOKEN);
    await page.click('button');
    await page.waitForSelector('#cameras article');
  });
});

describe('the pages of the product', () => {
  let queues: INestApplicationContext;
  beforeAll(async () => {
    const logger = createLogger('test', 'silent');
    @Module({ imports: [ServiceModule.forRoot({ config: { REDIS_URL: redis.url }, logger, shutdown: new Shutdown(logger) }), QueueModule.forRoot()] })
    class TestModule {}
    queues = await NestFactory.createApplicationContext(TestModule, { logger: false });
    await queues.get(QueueFactory).queue<object>(QUEUE).add('job-1', 'cam_1 person', { clipId: 'x' });
  });
  afterAll(async () => {
    await queues.get(Shutdown).run();
    await queues.close();
  });

  it.each([
    ['/', '#cameras article'],
    ['/login.html', 'form'],
    ['/login.html?wrong', 'form'],
    ['/queues/', `a[href*="${QUEUE}"]`],
    [`/queues/queue/${QUEUE}`, 'text=cam_1 person'],
    [`/queues/queue/${QUEUE}/job-1`, 'text=cam_1 person'],
    [PICTURE, 'img'],
  ])('at %s ask no other host, and do nothing that the policy forbids', async (path, sign) => {
    const address = `http://127.0.0.1:${open.port}`;
    const page = await context.newPage();
    const [hosts, complaints] = [new Set<string>(), [] as string[]];
    context.on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.addInitScript(`${hostile};watchPolicy()`);
    await page.goto(address + path);
    await page.waitForSelector(sign);
    await page.waitForLoadState('networkidle');
    expect([[...hosts], complaints]).toEqual([[new URL(address).host], []]);
  });

  it('play a clip, opened by its address', async () => {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${open.port}${CLIP}`);
    await page.waitForFunction('document.querySelector("video")?.videoWidth > 0');
  });
});

describe('names and words from outside', () => {
  const MARKUP = `"><img src=x onerror="alert(1)"><script>alert(2)</script>\u202e`;

  /** A camera's name, a clip's event type and a snapshot's reason, as detectors and configurations may send them. */
  async function plant(folder: string): Promise<void> {
    const [clips, snapshots] = [join(folder, 'clips/cam_1/2026-11-23'), join(folder, 'snapshots/cam_1/2026-11-23')];
    await Promise.all([clips, snapshots].map((path) => mkdir(path, { recursive: true })));
    const [timestamp, clip_id] = [1_795_435_200, 'event_cam_1_1795435200.000'];
    const job = { cameraId: 'cam_1', eventId: MARKUP, eventType: MARKUP, timestampMs: timestamp * 1000, startMs: timestamp * 1000, endMs: timestamp * 1000 + 1000, source: {}, clipId: clip_id, identity: clip_id };
    const ready = {
      ...{ clip_id, event_id: MARKUP, camera_id: 'cam_1', event_type: MARKUP, url: '', thumbnail_url: '', timestamp, start: timestamp, end: timestamp + 1, duration: 1, requested_start: timestamp },
      ...{ requested_end: timestamp + 1, partial: false, gaps: [], bucket: 'clips', key: `cam_1/2026-11-23/${clip_id}.mp4`, size_bytes: 10, sha256: '0'.repeat(64), codec: 'h264', width: 64, height: 64, source: {} },
    };
    await writeFile(join(clips, `${clip_id}.json`), JSON.stringify(clipRecord.parse({ state: 'announced', job, ready })));
    await writeFile(join(snapshots, 'cam_1_2026-11-23T12-00-00.000Z.jpg'), '');
    await writeFile(join(snapshots, 'cam_1_2026-11-23T12-00-00.000Z.json'), JSON.stringify({ reason: MARKUP }));
    await writeFile(join(folder, 'cameras.yml'), JSON.stringify({ cameras: [{ id: 'cam_1', name: MARKUP, url: 'rtsp://127.0.0.1:1/s' }] }));
  }

  it('are text on the page and no markup', async () => {
    await plant(open.folder.path);
    const page = await context.newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.addInitScript(`${hostile};watchPolicy()`);
    const complaints: string[] = [];
    page.on('console', (message) => message.text().startsWith('violates') && complaints.push(message.text()));
    await page.goto(`http://127.0.0.1:${open.port}/`);
    for (const title of ['#cameras .title', '#clips .title', '#snapshots .title']) await page.waitForFunction(`document.querySelector(${JSON.stringify(title)})?.textContent.includes('<img src=x onerror=')`);
    expect([await page.locator('img[src="x"]').count(), await page.locator('body script').count(), dialogs, complaints]).toEqual([0, 0, [], []]);
  });

  it('are text in answers that no browser takes for a page', async () => {
    const page = await context.newPage();
    for (const path of ['/api/cameras', '/api/clips', `/api/cameras/${encodeURIComponent(MARKUP)}/snapshot.jpg`, `/api/clips?camera=${encodeURIComponent(MARKUP)}`, `/${encodeURIComponent(MARKUP)}`]) {
      const response = await page.goto(`http://127.0.0.1:${open.port}${path}`);
      expect(response?.headers()).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' });
      expect(await page.locator('img, script').count()).toBe(0);
    }
  });
});
