import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newestKeyFrame, type SegmentWriter } from '@vr/footage';
import { lumaOf, lumaOfJpeg, recordGreys, TestStream } from '@vr/recorded';
import { childrenNamed, temporaryFolder, until, type TemporaryFolder } from '@vr/testing';
import { Pictures, type PicturesOptions } from './pictures';

const START_MS = Date.UTC(2026, 10, 23, 12);
const clock = { monotonicMs: () => performance.now() };

describe('Pictures', () => {
  let disk: TemporaryFolder;
  let open: SegmentWriter;
  const pictures = (options: Partial<PicturesOptions> = {}): Pictures =>
    new Pictures({ recordingsDir: disk.path, clock, decoders: 2, ...options });
  const ffmpegs = async (): Promise<number> => (await childrenNamed(process.pid, 'ffmpeg')).length;

  beforeAll(async () => {
    disk = await temporaryFolder('pictures');
    await recordGreys(disk.path, 'cam_1', START_MS, 8);
    open = await (await TestStream.encode(12)).record(disk.path, 'cam_2', START_MS, 0, 10, 'open');
  });
  afterAll(async () => {
    await open.abandon();
    await disk.remove();
  });

  it('shows the frame of the moment, in both sizes; whether that is for good, the segment says', async () => {
    const taken = pictures();
    for (const size of ['full', 'small'] as const) {
      const picture = await taken.pictureAt('cam_1', START_MS + 3500, size);
      expect(picture).toMatchObject({ width: 320, height: 180, isFinal: true, atMs: START_MS + 3480 });
      await writeFile(join(disk.path, 'x.jpg'), picture?.jpeg ?? '');
      expect(Math.abs((await lumaOfJpeg(join(disk.path, 'x.jpg'))) - lumaOf(3))).toBeLessThan(4);
    }
    // Behind the last frame there may be more one day, and an open segment grows.
    expect(await taken.pictureAt('cam_1', START_MS + 8300, 'small')).toMatchObject({
      atMs: START_MS + 7960,
      isFinal: false,
    });
    expect(await taken.pictureAt('cam_2', START_MS + 3500, 'small')).toMatchObject({
      atMs: START_MS + 3500,
      isFinal: false,
    });
    expect(await taken.pictureAt('cam_1', START_MS + 60_000, 'small')).toBeUndefined();
    expect(await taken.pictureAt('cam_3', 'newest', 'small')).toBeUndefined();
  });

  it('shows the newest frame, or the head of its group', async () => {
    expect(await pictures().pictureAt('cam_2', 'newest', 'small')).toMatchObject({
      atMs: START_MS + 9900,
      isFinal: false,
    });
    expect(await pictures().pictureAt('cam_2', 'newest_key', 'small')).toMatchObject({
      atMs: START_MS + 8000,
      isFinal: false,
    });
    expect(await newestKeyFrame(disk.path, 'cam_3')).toBeUndefined();
  });

  it('decodes a frame once, whoever asks for it, at once or later', async () => {
    const taken = pictures();
    const [a, b] = await Promise.all([
      taken.pictureAt('cam_2', START_MS + 7010, 'small'),
      taken.pictureAt('cam_2', START_MS + 7090, 'small'),
    ]);
    expect(a?.jpeg).toBeInstanceOf(Buffer);
    expect(b?.jpeg).toBe(a?.jpeg);
    expect((await taken.pictureAt('cam_2', START_MS + 7050, 'small'))?.jpeg).toBe(a?.jpeg);
    expect((await taken.pictureAt('cam_2', START_MS + 7110, 'small'))?.jpeg).not.toEqual(a?.jpeg);
    expect((await taken.pictureAt('cam_2', START_MS + 7050, 'full'))?.jpeg).not.toBe(a?.jpeg);
  });

  it('runs so many decoders and no more; above the queue it says when to come again', async () => {
    const taken = pictures({ mostWaiting: 6 });
    const work = Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => taken.pictureAt('cam_1', START_MS + i * 100, 'full')),
    );
    let [most, isOver] = [0, false];
    const results = work.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      most = Math.max(most, await ffmpegs());
      await pause(10);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    const refused = (await results).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(refused).toHaveLength(32);
    expect(refused[0]).toMatchObject({
      code: 'too_many_requests',
      retryAfterMs: expect.any(Number) as number,
      message: expect.stringContaining('6 wait already') as string,
    });
    expect(await taken.pictureAt('cam_1', START_MS + 7000, 'full')).toBeDefined();
  });

  it('stops the work of who has gone, running or waiting, and not that of who stays', async () => {
    const taken = pictures({ decoders: 1 });
    const leaving = new AbortController();
    const stays = taken.pictureAt('cam_1', START_MS + 1500, 'full');
    const gone = [1500, 2500, 3500, 4500].map((ms) =>
      taken
        .pictureAt('cam_1', START_MS + ms, 'full', leaving.signal)
        .catch((error: unknown) => (error as Error).message),
    );
    await until(async () => (await ffmpegs()) > 0, { what: 'a decoder', deadlineMs: 10_000 });
    leaving.abort(new Error('gone'));
    expect(await Promise.all(gone)).toEqual(['gone', 'gone', 'gone', 'gone']);
    expect(await stays).toMatchObject({ width: 320 });
    await until(async () => (await ffmpegs()) === 0, { what: 'the end of all decoders', deadlineMs: 5000 });
    expect(await taken.pictureAt('cam_1', START_MS + 2500, 'full')).toMatchObject({ width: 320 });
  });
});
