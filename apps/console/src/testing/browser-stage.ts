import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient } from '@vr/messaging';
import {
  needBinary,
  playScene,
  REPOSITORY,
  runToEnd,
  startBrowser,
  startNats,
  startRedis,
  type Scene,
} from '@vr/testing';
import type { Browser, Page } from 'playwright-core';
import { ConsoleProcess, TOKEN } from './console-process';

export const PICTURE = '/api/media/snapshots/cam_1/picture.jpg';
export const CLIP = '/api/media/clips/cam_1/clip.mp4';
export const SNAPSHOT = '/api/cameras/cam_1/snapshot';

/**
 * Names that the browser finds on this machine, as in a LAN. The last one belongs to a stranger who makes it lead to
 * the console.
 */
export const LAN_NAME = 'recorder.lan';
export const FOREIGN_NAME = 'evil.lan';
export const REBOUND_NAME = 'rebound.lan';

/** What a hostile page would try, in the browser's language. */
export const HOSTILE = readFileSync(join(REPOSITORY, 'apps/console/src/testing/foreign-page.js'), 'utf8');

/** Calls one of the hostile functions in any page. */
export function run(page: Page, name: string, ...given: string[]): Promise<unknown> {
  return page.evaluate(`${HOSTILE};${name}(...${JSON.stringify(given)})`);
}

export async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/login.html`);
  await page.fill('#token', TOKEN);
  await page.click('button');
  await page.waitForURL(`${address}/`);
}

/** A browser, consoles with a picture and a clip, the servers behind them, and somebody else's site. */
export class BrowserStage {
  /** How many snapshots were asked for over NATS. */
  snapshotsAskedFor = 0;

  private constructor(
    readonly browser: Browser,
    readonly redisUrl: string,
    private readonly natsUrl: string,
    private readonly foreignPort: number,
    private readonly ends: (() => unknown)[],
  ) {}

  static async start(): Promise<BrowserStage> {
    const [nats, redis] = await Promise.all([startNats(), startRedis()]);
    const page = '<!doctype html><title>foreign</title>';
    const foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
    foreign.listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    const browser = await startBrowser([LAN_NAME, FOREIGN_NAME, REBOUND_NAME]);
    const ends = [
      () => browser.close(),
      () => (foreign.closeAllConnections(), foreign.close()),
      () => nats.stop(),
      () => redis.stop(),
    ];
    const stage = new BrowserStage(browser, redis.url, nats.url, (foreign.address() as AddressInfo).port, ends);
    await stage.playSnapshotter();
    return stage;
  }

  async startConsole(environment: Record<string, string> = {}): Promise<ConsoleProcess> {
    const servers = { NATS_URL: this.natsUrl, REDIS_URL: this.redisUrl, CONSOLE_ALLOWED_HOSTS: LAN_NAME };
    const started = await ConsoleProcess.start({ ...servers, ...environment });
    this.ends.unshift(() => started.stop());
    const ffmpeg = await needBinary('ffmpeg');
    const make = (o: string, path: string) =>
      runToEnd(ffmpeg, ['-v', 'error', '-f', 'lavfi', ...o.split(' '), join(started.folder.path, 'objects', path)]);
    await make('-i color=gray:s=32x32 -frames:v 1', 'snapshots/cam_1/picture.jpg');
    await make('-i testsrc=s=64x64:d=1 -c:v libx264 -pix_fmt yuv420p -movflags +faststart', 'clips/cam_1/clip.mp4');
    await started.worker.waitReady();
    return started;
  }

  /** The address of somebody else's site by this name. */
  foreignSite(name: string): string {
    return `http://${name}:${this.foreignPort}/`;
  }

  /** See `playScene`. */
  play(scene: (stage: Scene) => Promise<void>): Promise<void> {
    return playScene(this.browser, scene);
  }

  async stop(): Promise<void> {
    for (const end of this.ends) await end();
  }

  private async playSnapshotter(): Promise<void> {
    const snapshotter = await createClient({ NATS_URL: this.natsUrl });
    this.ends.unshift(() => snapshotter.close());
    snapshotter.subscribe('seguranca.record.snapshot', {
      callback: (_, message) => {
        this.snapshotsAskedFor += 1;
        message.respond('{"snapshot_id":"s1"}');
      },
    });
    await snapshotter.flush();
  }
}
