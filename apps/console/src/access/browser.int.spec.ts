import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { ObjectLinks } from '@vr/objects';
import { until, type Scene } from '@vr/testing';
import type { Request } from 'playwright-core';
import { z } from 'zod';
import {
  BrowserStage,
  FOREIGN_NAME,
  LAN_NAME,
  PICTURE,
  REBOUND_NAME,
  run,
  signIn,
  SNAPSHOT,
} from '../testing/browser-stage';
import { TOKEN, type ConsoleProcess } from '../testing/console-process';

let stage: BrowserStage;
let open: ConsoleProcess;
let locked: ConsoleProcess;
beforeAll(async () => {
  stage = await BrowserStage.start();
  open = await stage.startConsole();
  locked = await stage.startConsole({ CONSOLE_API_TOKEN: TOKEN });
}, 120_000);
afterAll(() => stage.stop());

describe.each([
  ['no token', '127.0.0.1'],
  ['no token', LAN_NAME],
  ['a token', '127.0.0.1'],
  ['a token', LAN_NAME],
])('a page of another name, in a browser that may use the console, which has %s and is called %s', (has, name) => {
  let console_: ConsoleProcess;
  let address: string;
  beforeAll(() => {
    console_ = has === 'a token' ? locked : open;
    address = `http://${name}:${console_.port}`;
  });
  const play = (scene: (stage: Scene) => Promise<void>): Promise<void> =>
    stage.play(async (fresh) => {
      if (has === 'a token') await signIn(fresh.page, address);
      await scene(fresh);
    });

  it.each([
    ['a name of its own', FOREIGN_NAME],
    ['the name of the console, and another port', name],
  ])('and has itself %s, cannot show or read a picture, nor frame the console', (_, own) =>
    play(async ({ context, page }) => {
      await page.goto(stage.foreignSite(own));
      const seen = await run(page, 'spy', address, PICTURE);
      const [img, video, script, styles, fetch, blindly] = Array<string>(6).fill('refused');
      expect(seen).toEqual({ img, video, script, styles, fetch, 'fetch, blindly': blindly });

      await run(page, 'frame', `${address}/`);
      const isRefused = (): boolean => page.frames().some((frame) => frame.url().startsWith('chrome-error:'));
      await until(isRefused, { what: 'the refusal of the frame', deadlineMs: 5000 });

      const opened = context.waitForEvent('page');
      await page.evaluate(`void window.open(${JSON.stringify(`${address}/`)})`);
      const popup = await opened;
      await popup.waitForLoadState();
      // Browsers keep windows apart only where an address is one of this machine, or https.
      expect(await popup.evaluate('window.opener === null')).toBe(name === '127.0.0.1');
    }),
  );

  it('cannot post; the console’s own page can', () =>
    play(async ({ context, page }) => {
      const before = stage.snapshotsAskedFor;
      const ended: string[] = [];
      const posted = (request: Request, outcome: string): void => {
        if (request.method() === 'POST') ended.push(`${request.resourceType()} ${outcome}`);
      };
      const statuses = new Set<number>();
      context.on('response', (response) => {
        if (response.request().method() === 'POST') statuses.add(response.status());
      });
      context.on('requestfinished', (request) => posted(request, 'answered'));
      context.on('requestfailed', (request) => posted(request, 'blocked'));
      await page.goto(stage.foreignSite(FOREIGN_NAME));
      await run(page, 'attack', address + SNAPSHOT);
      await until(() => ended.length === 5, { what: 'the end of five requests', deadlineMs: 10_000 });
      const [document, fetch] = ['document blocked', 'fetch blocked'];
      expect(ended.sort()).toEqual(['document answered', document, fetch, fetch, 'ping blocked']);
      expect([...statuses]).toEqual([403]);

      await page.goto(`${address}/`);
      await page.click('#cameras .actions button');
      await page.waitForSelector('#notice:not([hidden])');
      expect([await page.textContent('#notice'), stage.snapshotsAskedFor - before]).toEqual(['Snapshot taken', 1]);
      const own = await run(page, 'spy', address, PICTURE);
      expect(own).toMatchObject({ img: 'shown', video: 'shown', fetch: 'read basic' });
    }));

  it('whose name leads to the console is not taken for the console’s own', () =>
    play(async ({ page }) => {
      await page.goto(`http://${REBOUND_NAME}:${console_.port}/health/live`);
      const before = stage.snapshotsAskedFor;
      const statuses = z.array(z.number()).parse(await run(page, 'askAsOwn', PICTURE, SNAPSHOT));
      expect([...statuses, stage.snapshotsAskedFor - before]).toEqual([403, 403, 403, 403, 0]);
    }));
});

describe('a signed link', () => {
  it('may be opened and shown by any page that has it, and read by none', () =>
    stage.play(async ({ page }) => {
      const consoleUrl = `http://${LAN_NAME}:${locked.port}`;
      const options = { objectsDir: join(locked.folder.path, 'objects'), consoleUrl, urlTtlSeconds: 60 };
      const link = await new ObjectLinks(options, systemClock).sign('snapshots', 'cam_1/picture.jpg');
      await page.goto(stage.foreignSite(FOREIGN_NAME));
      const seen = await run(page, 'spy', consoleUrl, link.slice(consoleUrl.length));
      expect(seen).toMatchObject({ img: 'shown', fetch: 'refused', 'fetch, blindly': 'read opaque' });
      expect((await page.goto(link))?.status()).toBe(200);
      expect((await page.goto(`${link}x`))?.status()).toBe(403);
    }));
});

describe('the sign-in page', () => {
  it('says that a token is wrong, and then lets the right one in', () =>
    stage.play(async ({ page }) => {
      await page.goto(`http://${LAN_NAME}:${locked.port}/`);
      await page.fill('#token', 'not-the-token');
      await page.click('button');
      expect(await page.textContent('[role=alert]')).toBe('This token is wrong.');
      await page.fill('#token', TOKEN);
      await page.click('button');
      await page.waitForSelector('#cameras article');
    }));
});
