import { jpegSize } from '@vr/media';
import { recordGreys, TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);

describe('GET /api/cameras/ID/snapshot.jpg', () => {
  let console_: ConsoleApp;
  const still = (camera: string, query: string, headers: Record<string, string> = {}) =>
    console_.get(`/api/cameras/${camera}/snapshot.jpg${query}`, headers);
  const at = (ms: number): string => `?at=${(START_MS + ms) / 1000}`;

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2'] });
    await recordGreys(console_.recordingsDir, 'cam_1', START_MS, 4);
    const large = await TestStream.encode(4, '1280x720');
    const open = await large.record(console_.recordingsDir, 'cam_2', START_MS, 0, 4, 'open');
    await open.abandon();
  });
  afterAll(() => console_.stop());

  it('of closed footage may be kept, and comes with a strong tag that saves it from being sent again', async () => {
    const first = await still('cam_1', at(1500));
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      200,
      'image/jpeg',
      'private, max-age=86400, immutable',
    ]);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    const again = await still('cam_1', at(1500), { 'if-none-match': tag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    // Another frame gives another picture. The same frame gives the same one.
    expect((await still('cam_1', at(1519))).headers.get('etag')).toBe(tag);
    expect((await still('cam_1', at(2100), { 'if-none-match': tag })).status).toBe(200);
  });

  it.each([
    ['of an open segment', 'cam_2', at(1500)],
    ['of now', 'cam_1', ''],
    ['from beside a hole', 'cam_1', at(4500)],
  ])('%s is not kept', async (_, camera, query) => {
    const response = await still(camera, query);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
  });

  it.each([
    ['', 640, 360],
    ['&size=small', 640, 360],
    ['&size=full', 1280, 720],
  ])('is made small, but where all of it is wanted: %s', async (size, width, height) => {
    const response = await still('cam_2', at(1500) + size);
    expect(jpegSize(Buffer.from(await response.arrayBuffer()))).toEqual({ width, height });
  });

  it('says where there is footage, when there is none', async () => {
    const response = await still('cam_1', at(60_000));
    const nearest = [{ start: START_MS / 1000, end: START_MS / 1000 + 4 }];
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: 'no_footage', message: expect.any(String) as string, nearest } },
    ]);
    expect((await still('cam_1', at(1500) + '&size=huge')).status).toBe(400);
  });
});
