import { jpegSize } from '@vr/media';
import { TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';

const ZERO = Date.UTC(2026, 10, 23, 12);
const MAIN = { width: 320, height: 180 };
const SUB = { width: 160, height: 90 };

/** The main stream has the seconds 0 to 4, the sub-stream those from 0 to 8. */
describe('the sub-stream of a camera', () => {
  let console_: ConsoleApp;
  const ask = (what: string, query: string): Promise<Response> =>
    console_.get(`/api/cameras/cam_1/${what}?start=${ZERO / 1000}&end=${ZERO / 1000 + 8}${query}`);

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1'] });
    const main = await TestStream.encode(4, `${MAIN.width}x${MAIN.height}`);
    const sub = await TestStream.encode(8, `${SUB.width}x${SUB.height}`);
    await main.record(console_.recordingsDir, 'cam_1', ZERO, 0, 4);
    await sub.record(console_.recordingsDir, 'cam_1.sub', ZERO, 0, 8);
  });
  afterAll(() => console_.stop());

  it.each([
    ['', 4],
    ['&stream=main', 4],
    ['&stream=sub', 8],
  ])('has a timeline of its own: "%s" has %d seconds', async (query, seconds) => {
    const { spans } = (await (await ask('timeline', query)).json()) as { spans: unknown };
    expect(spans).toEqual([{ start: ZERO / 1000, end: ZERO / 1000 + seconds }]);
  });

  it('has a playlist onto its own files, which are served', async () => {
    const text = await (await ask('footage.m3u8', '&stream=sub')).text();
    const uris = [...text.matchAll(/^\/api\/footage\/\S+$/gm)].map(([uri]) => uri);
    expect(uris).toHaveLength(4);
    expect(new Set(uris).size).toBe(1);
    expect(uris[0]).toMatch(/^\/api\/footage\/cam_1\.sub_/);
    expect((await console_.get(uris[0] ?? '', { range: 'bytes=0-99' })).status).toBe(206);
  });

  it('can be had as one file', async () => {
    const clip = await ask('clip.mp4', '&stream=sub');
    expect([clip.status, clip.headers.get('x-end'), clip.headers.get('content-disposition')]).toEqual([
      200,
      String(ZERO / 1000 + 8),
      expect.stringMatching(/^inline; filename="cam_1\.sub_2026-11-23/),
    ]);
    await clip.body?.cancel();
  });

  it.each([
    ['main', MAIN],
    ['sub', SUB],
  ])('has pictures of its own: %s', async (stream, size) => {
    const at = `at=${ZERO / 1000 + 1}&size=full&stream=${stream}`;
    const picture = await console_.get(`/api/cameras/cam_1/snapshot.jpg?${at}`);
    expect(jpegSize(Buffer.from(await picture.arrayBuffer()))).toEqual(size);
  });

  it('has a name from a closed list', async () => {
    const refused = await ask('timeline', '&stream=..%2fcam_2');
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { code: 'invalid_payload', field: 'stream' } },
    ]);
  });
});
