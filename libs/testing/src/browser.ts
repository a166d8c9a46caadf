import type { Browser } from 'playwright-core';
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
