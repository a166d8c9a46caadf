// npx tsx tools/screenshot.ts [CONSOLE_URL] [FILE]: the picture in the README, of a running stack. It plays the newest
// clip first, so it also proves that a browser can.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, startBrowser, until } from '@vr/testing';

const [url = 'http://127.0.0.1:8080', path = join(REPOSITORY, 'docs/screenshot.png')] = process.argv.slice(2);
const IN_PAGE = readFileSync(join(REPOSITORY, 'tools/screenshot-page.js'), 'utf8');
const browser = await startBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1080 },
    deviceScaleFactor: 1.5,
    colorScheme: 'dark',
  });
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`page: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.addInitScript({ content: IN_PAGE });
  /** Asked again and again from here: the page's own policy forbids Playwright to do so inside. */
  const shows = (expression: string, deadlineMs: number): Promise<boolean> =>
    until(() => page.evaluate<boolean>(expression), { what: expression, deadlineMs });
  await page.goto(url);
  await page.waitForSelector('#clips video', { timeout: 90_000 });
  await shows('everyCameraHasPicture()', 30_000);
  for (const button of await page.$$('#cameras .actions button')) await button.click();
  await page.waitForSelector('#snapshots img', { timeout: 20_000 });
  const played: unknown = await page.evaluate('playNewestClip()');
  console.log(`the newest clip plays and seeks: ${JSON.stringify(played)}`);
  await page.click('#cameras button.picture');
  await shows('playerShowsFootage()', 20_000);
  console.log(`recorded footage plays: ${(await page.textContent('#player .note')) ?? ''}`);
  await page.click('#player button');
  await shows('document.getElementById("notice").hidden', 10_000);
  await page.screenshot({ path });
  console.log(path);
} finally {
  await browser.close();
}
