import { EventEmitter } from 'node:events';
import { cameraId, cameraStatus, LIVE_FLAGS, type CameraConfig } from '@vr/contracts';
import type { LiveWatcher } from '@vr/footage';
import { systemClock } from '@vr/base';
import type { WebSocket } from 'ws';
import type { Principal } from '../access/principal';
import { LiveNews } from './live-news';
import { LivePage, type LivePageParts } from './live-page';

const MANY_BYTES = 2_000_000;

/** What a page uses of a socket. `bufferedAmount` grows only where the test says so. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: (string | Buffer)[] = [];
  closed: [number, string] | undefined;
  pings = 0;
  isTerminated = false;
  send(data: string | Buffer): void {
    this.sent.push(data);
  }
  ping(): void {
    this.pings += 1;
  }
  terminate(): void {
    this.isTerminated = true;
  }
  close(code: number, reason: string): void {
    this.closed = [code, reason];
  }
}

const cameraOf = (id: string): CameraConfig => ({ id, url: 'rtsp://127.0.0.1:1/s' }) as unknown as CameraConfig;
const viewerOf = (...cameras: string[]): Principal => ({
  kind: 'user',
  name: 'ana',
  role: 'viewer',
  cameras: cameras.map((id) => cameraId.parse(id)),
  sees: (id) => cameras.includes(id),
});

/** A page of somebody who sees cam_1, with one tail that the test feeds. */
class Stage {
  readonly socket = new FakeSocket();
  readonly watchers = new Set<LiveWatcher>();
  principal: Principal | undefined = viewerOf('cam_1');
  readonly page: LivePage;
  readonly news = new LiveNews();
  stillsWatched = 0;
  private second = 0;

  constructor() {
    const current = { init: Buffer.from('init'), codecs: 'avc1.42c00d', width: 320, height: 180, zeroMs: 0 };
    const tail = {
      looked: Promise.resolve(),
      current,
      watch: (watcher: LiveWatcher): (() => void) => {
        this.watchers.add(watcher);
        watcher.setUp(current);
        return () => this.watchers.delete(watcher);
      },
    };
    const view = cameraStatus.parse({ camera_id: 'cam_1', state: 'offline', since: 1 });
    const parts = {
      tails: { of: () => tail },
      stills: {
        watch: () => {
          this.stillsWatched += 1;
          return () => (this.stillsWatched -= 1);
        },
      },
      cameras: {
        viewOf: () => Promise.resolve(view),
        list: (sees: (id: string) => boolean) =>
          Promise.resolve(['cam_1', 'cam_2'].filter(sees).map((id) => ({ ...view, id }))),
      },
      clock: systemClock,
      news: this.news,
      failed: (error: unknown) => {
        throw error;
      },
      roster: { find: (id: string) => (['cam_1', 'cam_2'].includes(id) ? cameraOf(id) : undefined), all: () => [] },
      principal: () => this.principal,
      viewed: () => Promise.resolve(),
    };
    this.page = new LivePage(this.socket as unknown as WebSocket, parts as unknown as LivePageParts);
  }

  async ask(message: object): Promise<void> {
    this.socket.emit('message', Buffer.from(JSON.stringify(message)), false);
    await new Promise(setImmediate);
  }

  /** The next second of the camera. */
  come(key: boolean): void {
    const startMs = 1000 * this.second++;
    for (const watcher of this.watchers)
      watcher.fragment({ bytes: Buffer.from(`second ${startMs / 1000}`), startMs, durationMs: 1000, key });
  }

  get told(): Record<string, unknown>[] {
    return this.socket.sent.flatMap((data) =>
      typeof data === 'string' ? [JSON.parse(data) as Record<string, unknown>] : [],
    );
  }

  /** The fragments that were sent, with an asterisk where pictures before it were left out. */
  get fragments(): string[] {
    return this.socket.sent.flatMap((data, i) => {
      const head = this.socket.sent[i - 1];
      if (typeof data === 'string' || !Buffer.isBuffer(head) || !data.toString().startsWith('second')) return [];
      return [`${data.toString()}${head.readUInt8(1) & LIVE_FLAGS.skipped ? '*' : ''}`];
    });
  }
}

describe('a page with a live socket', () => {
  const watch = (id: number, camera: string) => ({ op: 'watch', id, camera_id: camera });

  it('that is slow gets no more until the next key frame after it has room, and is told what is missing', async () => {
    const stage = new Stage();
    await stage.ask(watch(1, 'cam_1'));
    stage.come(true);
    stage.socket.bufferedAmount = MANY_BYTES;
    for (const key of [false, false, true, false]) stage.come(key);
    const sent = stage.socket.sent.length;
    stage.socket.bufferedAmount = 0;
    stage.come(false); // it needs what was left out
    expect(stage.socket.sent).toHaveLength(sent);
    for (const key of [true, false]) stage.come(key);
    expect(stage.fragments).toEqual(['second 0', 'second 6*', 'second 7']);
  });

  it('hears nothing of a camera that its person does not see, in the words of one that is not there', async () => {
    const stage = new Stage();
    stage.page.welcome();
    await new Promise(setImmediate);
    await stage.ask(watch(1, 'cam_2'));
    await stage.ask(watch(2, 'cam_9'));
    const [hello, state, ...stopped] = stage.told;
    expect([hello?.['op'], state?.['camera_id'], stage.watchers.size]).toEqual(['hello', 'cam_1', 0]);
    expect(stopped.map(({ message }) => String(message).replace(/cam_\d/, 'ID'))).toEqual([
      'there is no camera "ID" here',
      'there is no camera "ID" here',
    ]);
  });

  it('loses a camera that its person may no longer see, and all of them with the sign-in', async () => {
    const stage = new Stage();
    await stage.ask(watch(1, 'cam_1'));
    stage.principal = viewerOf('cam_2');
    stage.page.judge();
    expect(stage.told.at(-1)).toMatchObject({ op: 'stopped', id: 1, code: 'unknown_camera' });
    stage.come(true);
    expect([stage.watchers.size, stage.fragments]).toEqual([0, []]);
    await stage.ask(watch(2, 'cam_2'));
    expect(stage.watchers.size).toBe(1);
    stage.principal = undefined;
    stage.page.judge();
    expect([stage.socket.closed?.[0], stage.watchers.size]).toEqual([4401, 0]);
  });

  it('is told the news of the cameras that its person sees, as long as it is there', () => {
    const stage = new Stage();
    for (const id of ['cam_1', 'cam_2'])
      stage.news.tell({ op: 'state', ...cameraStatus.parse({ camera_id: id, state: 'recording', since: 1 }) });
    expect(stage.told.map(({ camera_id: id }) => id)).toEqual(['cam_1']);
    stage.socket.emit('close');
    expect(stage.news.isHeard).toBe(false);
  });

  it('that does not answer is cut off, and one that does is not', () => {
    const stage = new Stage();
    for (let i = 0; i < 3; i++) stage.page.ping();
    stage.socket.emit('pong');
    for (let i = 0; i < 3; i++) stage.page.ping();
    expect([stage.socket.pings, stage.socket.isTerminated]).toEqual([6, false]);
    stage.page.ping();
    expect(stage.socket.isTerminated).toBe(true);
  });

  it('has 64 watches at most, and none after it is gone', async () => {
    const stage = new Stage();
    for (let id = 0; id < 65; id++) await stage.ask(watch(id, 'cam_1'));
    expect(stage.told.at(-1)).toMatchObject({ op: 'stopped', id: 64, code: 'too_many_requests' });
    expect(stage.watchers.size).toBe(64);
    stage.socket.emit('close');
    expect(stage.watchers.size).toBe(0);
  });

  it('who left while his view was being written down costs nothing any more', async () => {
    const stage = new Stage();
    for (const op of ['watch', 'unwatch'] as const)
      stage.socket.emit(
        'message',
        Buffer.from(JSON.stringify({ op, id: 1, camera_id: 'cam_1', stream: 'still' })),
        false,
      );
    await new Promise(setImmediate);
    expect(stage.stillsWatched).toBe(0);
  });
});
