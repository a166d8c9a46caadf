import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { indexAnswer, type IndexAnswer } from '@vr/contracts';
import { appendGap } from '@vr/footage';
import { picturesOf, recordMinutes, TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';

const ZERO = Date.UTC(2026, 10, 23, 12);
const DAY_START = Date.UTC(2026, 10, 21);
const DAY_SECONDS = 86_400;
const MOST_GZIPPED_BYTES = 100_000;

describe('GET /api/cameras/ID/index', () => {
  let console_: ConsoleApp;
  let stream: TestStream;
  const path = (camera: string, startMs: number, seconds: number, query = ''): string =>
    `/api/cameras/${camera}/index?start=${startMs / 1000}&end=${startMs / 1000 + seconds}${query}`;
  const index = async (...asked: Parameters<typeof path>): Promise<IndexAnswer> =>
    indexAnswer.parse(await (await console_.get(path(...asked))).json());

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'day'], environment: { CONSOLE_API_TOKEN: '' } });
    stream = await TestStream.encode(20);
    const { recordingsDir } = console_;
    for (const from of [0, 4]) await stream.record(recordingsDir, 'cam_1', ZERO, from, from + 4);
    await appendGap(recordingsDir, 'cam_1', { startMs: ZERO + 8000, endMs: ZERO + 12_000, reason: 'camera_refused' });
    await (await stream.record(recordingsDir, 'cam_1', ZERO, 12, 16, 'open')).abandon();
    const minutes = { recordingsDir, cameraId: 'day', startMs: DAY_START, minutes: 1440 };
    await recordMinutes({ ...minutes, gopSeconds: 1, groupBytes: 250_000 });
  }, 60_000);
  afterAll(() => console_.stop());

  it('says which files there are, with what a player must know, and why something is missing', async () => {
    const { files, gaps, ...rest } = await index('cam_1', ZERO, 20);
    expect(rest).toEqual({ camera_id: 'cam_1', stream: 'main', every: 0, events: [] });
    expect(files.map(({ start, end, open, keys }) => [start - ZERO / 1000, end - ZERO / 1000, open, keys.at])).toEqual([
      [0, 4, undefined, [0, 2000]],
      [4, 8, undefined, [0, 2000]],
      [12, 16, true, [0, 2000]],
    ]);
    expect(files[0]).toMatchObject({ codec: 'h264', codecs: expect.stringMatching(/^avc1\.42c0/) as string });
    expect(files[0]).toMatchObject({ width: 320, height: 180 });
    expect(gaps).toEqual([
      { start: ZERO / 1000 + 8, end: ZERO / 1000 + 12, reason: 'camera_refused' },
      { start: ZERO / 1000 + 16, end: ZERO / 1000 + 20, reason: 'unknown' },
    ]);
  });

  it('leads to bytes that decode to exactly the pictures of a group', async () => {
    const { files } = await index('cam_1', ZERO, 20);
    const [, second] = files;
    if (!second) throw new Error('no second file');
    const part = async (from: number, bytes: number): Promise<Buffer> => {
      const answer = await console_.get(`/api/footage/${second.file}`, { range: `bytes=${from}-${from + bytes - 1}` });
      expect(answer.status).toBe(206);
      return Buffer.from(await answer.arrayBuffer());
    };
    const { skip, size } = second.keys;
    const [from, bytes = 0] = [(skip[0] ?? 0) + (size[0] ?? 0) + (skip[1] ?? 0), size[1]];
    const file = join(console_.folder.path, 'group.mp4');
    await writeFile(file, Buffer.concat([await part(0, second.init_bytes), await part(from, bytes)]));
    // The group is of the seconds 6 and 7, with 10 pictures each.
    expect(await picturesOf(file)).toEqual(stream.pictures.slice(60, 80));
  });

  it('lists the key frame that is on show at the start, and none of other times', async () => {
    const { files } = await index('cam_1', ZERO + 3000, 2);
    expect(files.map(({ keys }) => keys.at)).toEqual([[2000], [0]]);
    expect((await index('cam_1', ZERO + 30_000, 5)).files).toEqual([]);
    expect((await index('cam_1', Date.UTC(2090, 0, 1), 5)).gaps).toEqual([]); // the future is no gap
  });

  /** As they come: fetch would unpack them. */
  async function raw(asked: string, encoding: string): Promise<{ bytes: Buffer; headers: IncomingMessage['headers'] }> {
    const request = get(`${console_.url}${asked}`, { headers: { 'accept-encoding': encoding } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { bytes: await buffer(response), headers: response.headers };
  }

  it('of a day of files of a minute names each of them, in less than 100 KB', async () => {
    const { bytes, headers } = await raw(path('day', DAY_START, DAY_SECONDS), 'gzip');
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: expect.stringContaining('Accept-Encoding') as string,
    });
    expect(bytes.length).toBeLessThan(MOST_GZIPPED_BYTES);
    const { files, every, gaps } = indexAnswer.parse(JSON.parse(gunzipSync(bytes).toString()));
    expect([files.length, gaps]).toEqual([1440, []]);
    const keys = files.reduce((sum, file) => sum + file.keys.at.length, 0);
    expect(every).toBeGreaterThan(0);
    expect(keys).toBeGreaterThan(6000);
    expect(keys).toBeLessThanOrEqual(12_000);
    for (const {
      keys: { at, skip, size },
    } of files) {
      expect([skip.length, size.length]).toEqual([at.length, at.length]);
      expect(at.slice(1).every((ms) => ms >= every * 1000)).toBe(true);
    }
  });

  it('lists every key frame where one asks for that', async () => {
    const { files, every } = await index('day', DAY_START, DAY_SECONDS, '&every=0');
    expect([every, files.reduce((sum, file) => sum + file.keys.at.length, 0)]).toEqual([0, DAY_SECONDS]);
    for (const { init_bytes, keys } of files) expect(keys.skip).toEqual([init_bytes, ...Array<number>(59).fill(0)]);
  });

  it.each([
    ['&every=-1', 'invalid_payload'],
    ['&every=often', 'invalid_payload'],
    ['&every=3601', 'invalid_payload'],
    ['&stream=third', 'invalid_payload'],
  ])('refuses %s', async (query, code) => {
    const refused = await console_.get(path('cam_1', ZERO, 10, query));
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code } }]);
  });

  it('is of the longest day at most', async () => {
    expect((await console_.get(path('cam_1', ZERO, 25 * 3600))).status).toBe(200);
    const refused = await console_.get(path('cam_1', ZERO, 25 * 3600 + 1));
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: 'too_long' } }]);
    expect((await console_.get(path('cam_9', ZERO, 10))).status).toBe(404);
  });

  it('has a playlist beside it with a part for each key frame of the day, packed too', async () => {
    const { bytes, headers } = await raw(path('day', DAY_START, DAY_SECONDS).replace('index', 'footage.m3u8'), 'br');
    expect(headers['content-encoding']).toBe('br');
    const text = brotliDecompressSync(bytes).toString();
    expect([text.split('#EXTINF').length - 1, text.split('DISCONTINUITY').length - 1]).toEqual([DAY_SECONDS, 0]);
    expect(bytes.length).toBeLessThan(text.length / 10);
  });

  it('names files that a browser may keep for good, and one that grows and must be asked for again', async () => {
    const { files } = await index('cam_1', ZERO, 20);
    const kept = await Promise.all(
      files.map(async ({ file }) => {
        const { headers } = await raw(`/api/footage/${file}`, 'gzip');
        return [headers['cache-control'], headers['content-encoding']];
      }),
    );
    const closed = ['private, max-age=86400, immutable', undefined];
    expect(kept).toEqual([closed, closed, ['private, no-store', undefined]]);
  });
});
