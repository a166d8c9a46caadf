import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findBinary } from './binaries';

const BINARIES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium, which finds these names on 127.0.0.1, as in a LAN, and no other name in the world. Close it afterwards. */
export async function startBrowser(names: readonly string[] = []): Promise<Browser> {
  // Loaded here, because few tests want it and all of them load this lib.
  const { chromium } = await import('playwright-core');
  const found = await Promise.all(BINARIES.map(findBinary));
  const executablePath = found.find((path) => path !== undefined);
  if (executablePath === undefined)
    throw new Error(
      `no browser is installed, looked for ${BINARIES.join(', ')}: npm test installs one on Debian and Ubuntu`,
    );
  const rules = [
    ...names.map((name) => `MAP ${name} 127.0.0.1`),
    'MAP * ~NOTFOUND',
    'EXCLUDE localhost',
    'EXCLUDE 127.0.0.1',
  ].join(', ');
  return chromium.launch({
    executablePath,
    // --no-sandbox: tests run as root. The rest keeps it from asking its maker for anything.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      `--host-resolver-rules=${rules}`,
    ],
  });
}

const MOST_PLAYS = 5;
const WAIT_MS = 15_000;

/** A fresh browser profile with one page. */
export interface Scene {
  context: BrowserContext;
  page: Page;
}

/**
 * Plays a scene. Chromium breaks requests off whenever a network interface of the machine comes or goes. Tests of
 * cables and cameras that run at the same time make interfaces do so. Then the scene is played again from its
 * beginning.
 */
export async function playScene(
  browser: Browser,
  scene: (stage: Scene) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  for (let plays = 1; ; plays++) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(WAIT_MS);
    const brokenOff: string[] = [];
    context.on('requestfailed', (request) => {
      if (request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED') brokenOff.push(request.url());
    });
    try {
      await scene({ context, page: await context.newPage() });
      if (brokenOff.length === 0) return;
    } catch (error) {
      if (brokenOff.length === 0 || plays >= MOST_PLAYS) throw error;
    } finally {
      await context.close();
    }
    if (plays >= MOST_PLAYS) throw new Error(`the network of this machine changed in each of ${plays} plays`);
  }
}
