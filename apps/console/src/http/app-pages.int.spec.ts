import { gzipSync } from 'node:zlib';
import { BrowserStage } from '../testing/browser-stage';
import { seriousFaults } from '../testing/serious-faults';

/** A stack that somebody runs on this machine is not this test's. */
const NO_WORKERS = 'recorder=http://127.0.0.1:1';
const MOST_FIRST_PAGE_BYTES = 350_000;

let stage: BrowserStage;
let address: string;
beforeAll(async () => {
  stage = await BrowserStage.start();
  address = `http://127.0.0.1:${(await stage.startConsole({ WORKERS_URLS: NO_WORKERS })).port}`;
}, 120_000);
afterAll(() => stage.stop());

describe('the pages of apps/console-web', () => {
  it('answer below every address of theirs, and are asked for again each time', async () => {
    for (const path of ['/app/', '/app/events', '/app/no/such/page']) {
      const answer = await fetch(address + path);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(await answer.text()).toContain('<div id="root">');
    }
  });

  it('have assets that are kept for ever, and are small; an asset that is missing is no page', async () => {
    const html = await (await fetch(`${address}/app/`)).text();
    const assets = [...html.matchAll(/"(\/app\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js']);
    let sizeBytes = gzipSync(html).length;
    for (const path of assets) {
      const answer = await fetch(address + path);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      sizeBytes += gzipSync(Buffer.from(await answer.arrayBuffer())).length;
    }
    expect(sizeBytes).toBeLessThan(MOST_FIRST_PAGE_BYTES);
    expect((await fetch(`${address}/app/assets/gone.js`)).status).toBe(404);
  });

  it.each([
    ['/app/', 'Live', 'light', 1280],
    ['/app/', 'Live', 'dark', 390],
    ['/app/timeline', 'Timeline', 'light', 1280],
    ['/app/timeline?sel=1795000000-1795000020&from=1794999000&to=1795001000', 'Timeline', 'dark', 390],
    ['/app/events', 'Events', 'dark', 1280],
    ['/app/events', 'Events', 'light', 390],
    ['/app/storage', 'Storage', 'light', 1280],
    ['/app/storage', 'Storage', 'dark', 390],
    ['/app/exports', 'Exports', 'light', 390],
    ['/app/exports', 'Exports', 'dark', 1280],
    ['/app/cameras', 'Cameras', 'light', 1280],
    ['/app/cameras', 'Cameras', 'dark', 390],
    ['/app/shares', 'Shares', 'light', 390],
    ['/app/health', 'Health', 'light', 390],
    ['/app/health', 'Health', 'dark', 1280],
    ['/app/nowhere', 'There is no such page.', 'light', 390],
  ] as const)('%s, "%s", %s, %i pixels wide: all can use it, nothing is wider', (path, title, colorScheme, width) =>
    stage.play(async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await page.goto(address + path);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: `tmp/pages/${title.split(' ')[0]}-${colorScheme}-${width}.png` });
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }),
  );

  it('speak Portuguese when asked, and still do after a reload', () =>
    stage.play(async ({ page }) => {
      await page.goto(`${address}/app/events`);
      await page.getByLabel('Language').selectOption('pt-BR');
      await page.getByRole('heading', { name: 'Eventos' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Eventos' }).waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('pt-BR');
    }));

  it('say what an address of a camera gives, or why nothing came', () =>
    stage.play(async ({ page }) => {
      await page.goto(`${address}/app/cameras`);
      const form = page.getByRole('form', { name: 'Test an address' });
      await form.getByLabel('RTSP address').fill('http://127.0.0.1:1/');
      await form.getByRole('button', { name: 'Test' }).click();
      await form.getByText('wanted rtsp://').waitFor();
      await form.getByLabel('RTSP address').fill('rtsp://admin:top-secret@127.0.0.1:1/stream1');
      await form.getByRole('button', { name: 'Test' }).click();
      await form.getByText('It does not work. Nobody takes the connection').waitFor();
      expect(await form.innerText()).not.toContain('top-secret');
    }));

  it('take an export with its range, show that it waits, and cancel it', () =>
    stage.play(async ({ page }) => {
      await page.goto(`${address}/app/exports`);
      const form = page.getByRole('form', { name: 'Make an export' });
      await form.getByLabel('From').fill('2026-11-23T13:00:00');
      await form.getByLabel('To').fill('2026-11-23T12:00:00');
      await form.getByRole('button', { name: 'Make it' }).click();
      await form.getByText('Choose a beginning and a later end.').waitFor();
      await form.getByLabel('From').fill('2026-11-23T11:30:00');
      await form.getByRole('button', { name: 'Make it' }).click();
      await page.getByText('Waits for its turn.').waitFor(); // no clipper runs here
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('No exports.').waitFor();
    }));

  it('ask for the events of one camera, type and day', () =>
    stage.play(async ({ page }) => {
      await page.goto(`${address}/app/events`);
      await page.getByText('No events yet.').waitFor();
      await page.getByLabel('Type').selectOption('Person');
      const asked = page.waitForRequest((request) => request.url().includes('start='));
      await page.getByLabel('Day').fill('2026-11-23');
      const { searchParams } = new URL((await asked).url());
      expect(searchParams.get('type')).toBe('person');
      const midnight = await page.evaluate<number>('new Date(2026, 10, 23).getTime() / 1000');
      expect([Number(searchParams.get('start')), Number(searchParams.get('end'))]).toEqual([
        midnight,
        midnight + 86_400,
      ]);
      await page.getByText('No event matches.').waitFor();
    }));

  it('say of each worker and server whether it works, in sentences', () =>
    stage.play(async ({ page }) => {
      await page.goto(`${address}/app/health`);
      const recorder = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'recorder' }) });
      await recorder.getByText('Does not work').first().waitFor();
      await page.getByRole('heading', { name: 'console' }).waitFor();
    }));
});
