import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { BrowserStage } from '../testing/browser-stage';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MOST_FIRST_PAGE_BYTES = 350_000;

let stage: BrowserStage;
let address: string;
beforeAll(async () => {
  stage = await BrowserStage.start();
  address = `http://127.0.0.1:${(await stage.startConsole()).port}`;
}, 120_000);
afterAll(() => stage.stop());

/** @returns what axe-core finds serious or worse, as `rule: element` */
async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}

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
    ['/app/events', 'Events', 'dark', 1280],
    ['/app/events', 'Events', 'light', 390],
    ['/app/storage', 'Storage', 'light', 1280],
    ['/app/storage', 'Storage', 'dark', 390],
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
});
