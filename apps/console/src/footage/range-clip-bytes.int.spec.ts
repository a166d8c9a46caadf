// A range as one file. Its bytes are those of one file, however they are asked for, or they do not come.
import { once } from 'node:events';
import { readdir, readlink, rename, unlink } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { listSegments } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { seededRandom, until } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';
import { BEARER } from '../testing/console-process';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const START_MS = NOW_MS - 600_000;
/** Of the range-clips service. */
const STREAMS_AT_ONCE = 64;

describe('GET /api/cameras/ID/clip.mp4', () => {
  let console_: ConsoleApp;
  let stream: TestStream;
  let heavy: TestStream;

  beforeAll(async () => {
    const clock = { nowMs: () => NOW_MS, monotonicMs: () => performance.now() };
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'open', 'deleted', 'replaced', 'many'], clock });
    [stream, heavy] = await Promise.all([TestStream.encode(12), TestStream.encode(4, '640x360', true)]);
    for (const from of [0, 4, 8]) await stream.record(console_.recordingsDir, 'cam_1', START_MS, from, from + 4);
    for (const camera of ['deleted', 'replaced', 'many']) {
      for (let i = 0; i < 3; i++) await heavy.record(console_.recordingsDir, camera, START_MS + i * 4000, 0, 4);
    }
  });
  afterAll(() => console_.stop());

  const path = (camera: string, fromMs = 0, toMs = 12_000): string =>
    `/api/cameras/${camera}/clip.mp4?start=${(START_MS + fromMs) / 1000}&end=${(START_MS + toMs) / 1000}`;

  interface Answer {
    status: number;
    tag: string;
    bytes: Buffer;
    headers: Headers;
  }

  async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await console_.get(url, headers);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, tag: response.headers.get('etag') ?? '', bytes, headers: response.headers };
  }

  /** A viewer who reads as much as the test lets him. */
  async function viewer(url: string): Promise<IncomingMessage> {
    const request = httpRequest(console_.url + url, { headers: BEARER, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  it('is the same file every time, with a tag of its own', async () => {
    const [one, two] = [await get(path('cam_1', 1000)), await get(path('cam_1', 1000))];
    expect([one.status, one.headers.get('cache-control')]).toEqual([200, 'private, max-age=3600']);
    expect(one.tag).toMatch(/^"[\w-]{22}"$/);
    expect([two.tag, two.bytes.equals(one.bytes)]).toEqual([one.tag, true]);
    expect(Number(one.headers.get('content-length'))).toBe(one.bytes.length);
    const other = await get(path('cam_1', 1100));
    expect(other.tag).not.toBe(one.tag);
    const again = await get(path('cam_1', 1000), { 'if-none-match': one.tag });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  it('gives every part of it, over pieces of several segments', async () => {
    const { bytes, tag } = await get(path('cam_1', 500));
    const random = seededRandom(7);
    for (let i = 0; i < 40; i++) {
      const start = Math.floor(random() * bytes.length);
      const end = Math.min(bytes.length - 1, start + Math.floor(random() ** 4 * bytes.length));
      const ifRange = i % 2 === 0 ? { 'if-range': tag } : undefined;
      const part = await get(path('cam_1', 500), { range: `bytes=${start}-${end}`, ...ifRange });
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${start}-${end}/${bytes.length}`]);
      expect(part.bytes.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
    const last = await get(path('cam_1', 500), { range: 'bytes=-1000' });
    expect(last.bytes.equals(bytes.subarray(-1000))).toBe(true);
    const beyond = await get(path('cam_1', 500), { range: `bytes=${bytes.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes.length}`]);
  });

  it('gives the whole to who has a part of another file', async () => {
    const { bytes } = await get(path('cam_1', 500));
    const whole = await get(path('cam_1', 500), { range: 'bytes=10-20', 'if-range': '"of-another"' });
    expect([whole.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
  });

  it('says by HEAD what GET would bring', async () => {
    const whole = await get(path('cam_1'));
    const head = await fetch(console_.url + path('cam_1'), { method: 'HEAD', headers: BEARER });
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    for (const name of ['content-length', 'etag', 'x-gaps', 'x-start', 'x-end', 'accept-ranges', 'content-type']) {
      expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
    }
  });

  it('goes on with the file that a viewer has begun, while its segment grows and gets its final name', async () => {
    const dir = console_.recordingsDir;
    await stream.record(dir, 'open', START_MS, 0, 4);
    const writer = await stream.record(dir, 'open', START_MS, 4, 6, 'open');
    const before = await get(path('open'));
    expect([before.status, before.headers.get('cache-control')]).toEqual([200, 'private, no-store']);

    await stream.append(writer, START_MS, 6, 10);
    const grown = await get(path('open'));
    expect(grown.bytes.length).toBeGreaterThan(before.bytes.length);
    expect(grown.tag).not.toBe(before.tag);

    const half = Math.floor(before.bytes.length / 2);
    const expectRest = async (answer: Answer): Promise<void> => {
      const part = await get(path('open'), { range: `bytes=${half}-`, 'if-range': answer.tag });
      expect([part.status, part.tag]).toEqual([206, answer.tag]);
      expect(part.bytes.equals(answer.bytes.subarray(half))).toBe(true);
    };
    await expectRest(before);
    await expectRest(grown);
    await writer.close();
    await expectRest(before);
    await expectRest(grown);
    await expectRest(before);
    // A viewer who says which file he wants gets that one. Any other gets the file that was made last, whoever read
    // which one last.
    const untold = await get(path('open'), { range: `bytes=${half}-` });
    expect(untold.bytes.equals(grown.bytes.subarray(half))).toBe(true);
  });

  /** What a viewer gets if he has read the first bytes when something happens to the last segment. */
  async function interrupted(
    camera: string,
    happens: (path: string) => Promise<void>,
  ): Promise<{ got: Buffer; isWhole: boolean }> {
    const response = await viewer(path(camera));
    const [first] = (await once(response, 'data')) as [Buffer];
    response.pause();
    const last = (await listSegments(console_.recordingsDir, camera)).at(-1)?.path ?? '';
    await happens(last);
    const chunks = [first];
    response.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
    await new Promise((settle) => response.once('close', settle).on('error', () => undefined));
    return { got: Buffer.concat(chunks), isWhole: response.complete };
  }

  it.each([
    ['deleted', (last: string) => unlink(last)],
    [
      'replaced',
      async (last: string) => {
        const other = (await listSegments(console_.recordingsDir, 'cam_1'))[0]?.path ?? '';
        await rename(other, last);
      },
    ],
  ])('breaks off, and gives no wrong byte, where footage is %s while it is sent', async (camera, happens) => {
    const { bytes, tag } = await get(path(camera));
    const { got, isWhole } = await interrupted(camera, happens);
    expect(isWhole).toBe(false);
    expect(got.length).toBeLessThan(bytes.length);
    expect(got.length).toBeGreaterThan(bytes.length / 3);
    expect(got.equals(bytes.subarray(0, got.length))).toBe(true);
    // A viewer who asks again is told of it, also one who wants a further part of what there was.
    const again = await get(path(camera), { range: 'bytes=100-', 'if-range': tag });
    expect([again.status, again.tag === tag]).toEqual([200, false]);
  });

  async function openFootageFiles(): Promise<string[]> {
    const numbers = await readdir('/proc/self/fd');
    const paths = await Promise.all(numbers.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return paths.filter((open) => open.startsWith(console_.recordingsDir));
  }

  it('opens no more files than it may, and is there again when one has ended', async () => {
    const viewers = await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, () => viewer(path('many'))));
    expect(new Set(viewers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect((await openFootageFiles()).length).toBeGreaterThan(0);
    const refused = await get(path('many'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(JSON.parse(refused.bytes.toString())).toMatchObject({ error: { code: 'too_many_requests' } });
    expect(refused.headers.get('content-disposition')).toBeNull();
    viewers[0]?.destroy();
    const tryAgain = async (): Promise<Answer | false> => {
      const answer = await get(path('many'), { range: 'bytes=0-99' });
      return answer.status === 206 && answer;
    };
    const served = await until(tryAgain, { what: 'a place', deadlineMs: 10_000 });
    expect(served.bytes).toHaveLength(100);
    for (const one of viewers) one.destroy();
    await until(async () => (await openFootageFiles()).length === 0, { what: 'no file left open', deadlineMs: 10_000 });
  }, 60_000);
});
