// The long form of apps/e2e/src/clips-truth.int.spec.ts. Then some of its clips in Chromium: what it shows first, and
// whether they play and seek.
import { once } from 'node:events';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { REPOSITORY, startBrowser, temporaryFolder } from '@vr/testing';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Options } from '../long-commands';
import { runLongForm, testOf } from '../long-forms';

const IN_BROWSER = 8;
const MOST_SECONDS_OFF = 0.1;
const LOOK = readFileSync(join(REPOSITORY, 'tools/proofs/look-at-clip.js'), 'utf8');
const Wanted = z.object({ firstFrame: z.number(), seconds: z.number() });
const Seen = z.object({ frame: z.number(), seconds: z.number() });

/** @returns whether the clips hold what they are to, and Chromium shows it */
export async function proveClips(options: Options): Promise<boolean> {
  const kept = await temporaryFolder('truth');
  try {
    const longForm = {
      chosen: testOf('e2e', 'clips-truth'),
      variables: { windows: 'TRUTH_WINDOWS', 'footage-seconds': 'TRUTH_FOOTAGE_SECONDS' },
      always: { TRUTH_KEEP_DIR: kept.path },
    };
    return (await runLongForm(longForm, options)) && (await showInChromium(kept.path));
  } finally {
    await kept.remove();
  }
}

async function showInChromium(folder: string): Promise<boolean> {
  const server = createServer((request, response) => sendFile(folder, request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${portOf(server)}/`);
    const names = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
    let isGood = true;
    for (const name of names.slice(0, IN_BROWSER)) isGood = (await isShownRightly(page, folder, name)) && isGood;
    return isGood;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

async function isShownRightly(page: Page, folder: string, name: string): Promise<boolean> {
  const wanted = Wanted.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  const seen = Seen.parse(await page.evaluate(`${LOOK};lookAtClip(${JSON.stringify(name)})`));
  const isGood = seen.frame === wanted.firstFrame && Math.abs(seen.seconds - wanted.seconds) < MOST_SECONDS_OFF;
  console.log(
    `Chromium ${isGood ? 'shows' : 'SHOWS WRONGLY'} ${name}: ` +
      `first frame ${seen.frame} (wanted ${wanted.firstFrame}), ` +
      `${seen.seconds.toFixed(2)} s (wanted ${wanted.seconds}), plays and seeks`,
  );
  return isGood;
}

/** A clip, with ranges, so that a browser can seek; any other address is an empty page. */
function sendFile(folder: string, { url = '/', headers }: IncomingMessage, response: ServerResponse): void {
  if (!url.endsWith('.mp4')) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    return;
  }
  const path = join(folder, url.slice(1));
  const { size } = statSync(path);
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? 'bytes=0-') ?? [];
  const [start, end] = [Number(from ?? 0), to ? Number(to) : size - 1];
  response.writeHead(206, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${size}`,
  });
  createReadStream(path, { start, end }).pipe(response);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
