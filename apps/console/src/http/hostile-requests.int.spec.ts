import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { segmentFileName, segmentPath } from '@vr/footage';
import { ObjectLinks } from '@vr/objects';
import { systemClock } from '@vr/service';
import { memoryOf, seededRandom } from '@vr/testing';
import { CANARY, ConsoleProcess, SEGMENT_NAME, SEGMENT_START_MS, SEGMENT_TEXT, TOKEN } from '../testing/console-process';

const BEARER = { authorization: `Bearer ${TOKEN}` };
const SEGMENT = `/api/footage/${SEGMENT_NAME}`;
/** What must be in no answer: files beside the console's folders, cameras' passwords, the machine's own files, the insides of the program. */
const INSIDES = new RegExp(`${CANARY}|root:x:0:|node_modules|at \\w+ \\(|\\.ts:\\d|main\\.js`);

let it_: ConsoleProcess;
beforeAll(async () => {
  it_ = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
});
afterEach(async () => {
  expect(await it_.ask('/health/live')).toMatchObject({ status: 200 });
});
afterAll(() => it_.stop());

describe('a path that leads out', () => {
  const rooms = ['/', '/vendor/', '/api/footage/', '/api/media/clips/', '/api/media/snapshots/cam_1/', '/objects/clips/', '/queues/static/'];
  const ways = [
    ...['../secret.txt', '../../secret.txt', '../../../secret.txt', '..%2fsecret.txt', '..%2f..%2fsecret.txt', '%2e%2e/secret.txt', '%2e%2e%2f%2e%2e%2fsecret.txt', '..%5csecret.txt', '..\\secret.txt'],
    ...['....//....//secret.txt', '..;/secret.txt', '%252e%252e%252fsecret.txt', '..%c0%afsecret.txt', '..%ef%bc%8fsecret.txt', '..%00/secret.txt', 'secret.mp4%00.jpg', 'cam_1/..%2f..%2fsecret.txt', 'cam_1/%2e%2e/%2e%2e/secret.txt'],
    ...['../../../../../../../../etc/passwd', '%2fetc%2fpasswd', '//etc/passwd', '/etc/passwd', 'file:///etc/passwd', 'C:%5c..%5csecret.txt', '.secret', '.link-secret', '.session-secret', '%2esession-secret', '%', '%zz', '%e0%a4%a', '%00'],
  ];
  it.each(rooms)(`below %s is refused, in ${ways.length} forms`, async (room) => {
    for (const way of ways) {
      // Not by http.request, which mends some of them.
      const answer = await it_.raw(`GET ${room}${way} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`);
      expect([way, answer.slice(0, 12)]).toEqual([way, expect.stringMatching(/^HTTP\/1\.1 4\d\d$/)]);
      expect(answer).not.toMatch(INSIDES);
    }
  });

  it.each(['..', '..%2f..', '%2e%2e%2fsecret', 'cam_1%2f..', 'cam_1%00', '%', '.audit', 'x'.repeat(65)])('in place of a camera is refused: %s', async (id) => {
    for (const path of ['snapshot.jpg', 'timeline?start=1&end=2', 'footage.m3u8?start=1&end=2']) {
      const { status, body } = await it_.ask(`/api/cameras/${id}/${path}`, { headers: BEARER });
      expect([path, status >= 400 && status < 500, INSIDES.test(body)]).toEqual([path, true, false]);
    }
  });
});

describe('a signed link', () => {
  let link: URL;
  let other: URL;
  beforeAll(async () => {
    await writeFile(join(it_.folder.path, 'objects/clips/cam_1/a.mp4'), SEGMENT_TEXT);
    const links = new ObjectLinks({ objectsDir: join(it_.folder.path, 'objects'), consoleUrl: 'http://localhost', urlTtlSeconds: 60 }, systemClock);
    [link, other] = [new URL(await links.sign('clips', 'cam_1/a.mp4')), new URL(await links.sign('clips', 'cam_1/b.mp4'))];
  });
  const status = async (change: (url: URL) => string, method = 'GET'): Promise<number> => (await it_.ask(change(new URL(link)), { method })).status;
  const set = (name: string, value: string) => (url: URL): string => {
    url.searchParams.set(name, value);
    return url.pathname + url.search;
  };

  it('opens its object, whole or in part, and tells its size', async () => {
    expect(await it_.ask(link.pathname + link.search)).toMatchObject({ status: 200, body: SEGMENT_TEXT });
    expect(await it_.ask(link.pathname + link.search, { headers: { range: 'bytes=2-4' } })).toMatchObject({ status: 206, body: '234' });
    expect(await it_.ask(link.pathname + link.search, { method: 'HEAD' })).toMatchObject({ status: 200, body: '', headers: { 'content-length': String(SEGMENT_TEXT.length) } });
  });

  it.each<[string, (url: URL) => string, string?]>([
    ['of another key', ({ search }) => other.pathname + search],
    ['of another bucket', ({ pathname, search }) => pathname.replace('clips', 'snapshots') + search],
    ['in capitals', ({ pathname, search }) => pathname.toUpperCase() + search],
    ['with a way round', ({ pathname, search }) => pathname.replace('cam_1', 'cam_2/../cam_1') + search],
    ['with a slash more', ({ pathname, search }) => pathname.replace('/clips/', '/clips//') + search],
    ['with another signature', (url) => set('signature', other.searchParams.get('signature') ?? '')(url)],
    ['with a cut signature', (url) => set('signature', (url.searchParams.get('signature') ?? '').slice(0, -1))(url)],
    ['with a longer signature', (url) => set('signature', `${url.searchParams.get('signature') ?? ''}A`)(url)],
    ['with an empty signature', set('signature', '')],
    ['without a signature', ({ pathname, search }) => pathname + search.replace(/&signature=.*/, '')],
    ['with two signatures', ({ pathname, search }) => `${pathname}${search}&signature=x`],
    ['with a list of signatures', ({ pathname, search }) => pathname + search.replace('signature=', 'signature[]=')],
    ['with a signature in another case', (url) => set('signature', (url.searchParams.get('signature') ?? '').toUpperCase())(url)],
    ['that lasts longer', set('expires', '99999999999')],
    ['that is over', set('expires', '1')],
    ['that lasts until nothing', set('expires', '')],
    ['that lasts for ever', set('expires', 'Infinity')],
    ['that lasts until a number in another form', (url) => set('expires', `0${url.searchParams.get('expires') ?? ''}`)(url)],
    ['that lasts until two instants', ({ pathname, search }) => `${pathname}${search}&expires=99999999999`],
    ['that lasts until an object', ({ pathname, search }) => pathname + search.replace('expires=', 'expires[toString]=')],
  ])('%s opens nothing', async (_, change) => expect([401, 403]).toContain(await status(change)));

  it('changes nothing, and proves nothing elsewhere', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) expect(await status((url) => url.pathname + url.search, method)).toBe(401);
    expect(await status(({ search }) => `/api/media/clips/cam_1/a.mp4${search}`)).toBe(401);
  });
});

describe('a range', () => {
  it.each<[string, number, string]>([
    ['bytes=0-0', 206, '0'],
    ['bytes=2-', 206, SEGMENT_TEXT.slice(2)],
    ['bytes=-3', 206, SEGMENT_TEXT.slice(-3)],
    ['bytes=-999999', 206, SEGMENT_TEXT],
    ['bytes=0-99999999999999999999999', 206, SEGMENT_TEXT],
    ['bytes=-0', 416, ''],
    ['bytes=18-', 416, ''],
    ['bytes=99999999999999999999999-', 416, ''],
    ['bytes=5-2', 200, SEGMENT_TEXT],
    ['bytes=0-0,2-2', 200, SEGMENT_TEXT],
    [`bytes=${'0-,'.repeat(40)}`, 200, SEGMENT_TEXT],
    ['bytes=a-b', 200, SEGMENT_TEXT],
    ['bytes=-', 200, SEGMENT_TEXT],
    ['bytes=1e1-', 200, SEGMENT_TEXT],
    ['bytes=0x1-', 200, SEGMENT_TEXT],
    ['bytes=--3', 200, SEGMENT_TEXT],
    ['bytes=0-0\t', 206, '0'],
    ['chapters=1-2', 200, SEGMENT_TEXT],
    ['', 200, SEGMENT_TEXT],
  ])('%s is answered with %i', async (range, status, body) => {
    expect(await it_.ask(SEGMENT, { headers: { ...BEARER, range } })).toMatchObject({ status, body });
  });
});

describe('a request inside another', () => {
  const hidden = `GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
  const post = `POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`;
  const chunked = `0\r\n\r\n${hidden}`;

  it.each<[string, string]>([
    ['two lengths', `${post}Content-Length: 5\r\nContent-Length: ${5 + hidden.length}\r\n\r\n12345${hidden}`],
    ['a list of lengths', `${post}Content-Length: 5, ${5 + hidden.length}\r\n\r\n12345${hidden}`],
    ['a length and chunks', `${post}Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`],
    ['chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunked}`],
    ['chunks by another name', `${post}Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n${chunked}`],
    ['chunks and more', `${post}Transfer-Encoding: chunked, identity\r\n\r\n${chunked}`],
    ['chunks twice', `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${chunked}`],
    ['a blank before the colon', `${post}Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n${chunked}`],
    ['a folded header', `${post}Content-Length: 4\r\nTransfer-Encoding:\r\n chunked\r\n\r\n${chunked}`],
    ['a bare line feed', `${post}Content-Length: 4\nTransfer-Encoding: chunked\n\n${chunked}`],
    ['a bare carriage return', `${post}Content-Length: 4\rTransfer-Encoding: chunked\r\n\r\n${chunked}`],
    ['a zero byte in a header', `${post}Content-Length: 4\r\nX: a\0b\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`],
    ['a negative length', `${post}Content-Length: -1\r\n\r\n${hidden}`],
    ['a signed length', `${post}Content-Length: +4\r\n\r\n${hidden}`],
    ['a length in hexadecimal', `${post}Content-Length: 0x4\r\n\r\n${hidden}`],
    ['a length too long for a number', `${post}Content-Length: 99999999999999999999999\r\n\r\n${hidden}`],
    ['a chunk with a wrong end', `${post}Transfer-Encoding: chunked\r\n\r\n2\r\nabXX0\r\n\r\n${hidden}`],
    ['a chunk of negative size', `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${hidden}`],
    ['a chunk of a size too large', `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${hidden}`],
  ])('by %s is not answered', async (_, bytes) => {
    const answer = await it_.raw(bytes);
    expect(answer).not.toContain('process_cpu');
    // A route that is not there is told before the body is read.
    expect((answer.match(/HTTP\/1\.1 \d+/g) ?? []).filter((status) => !/ (400|501)$/.test(status)).length).toBeLessThanOrEqual(1);
  });
});

describe('bad requests', () => {
  const good = [
    `GET /api/cameras HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    `GET ${SEGMENT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nRange: bytes=2-4\r\n\r\n`,
    `GET /api/clips?limit=5&camera=cam_1&before=1790000000 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nAccept: text/html\r\n\r\n`,
    `POST /api/cameras/cam_1/protect HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\r\n{"start":1,"end":2,"reason":"x"}`,
    `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 19\r\n\r\ntoken=open-sesame-1`,
    `GET /objects/clips/cam_1/a.mp4?expires=1&signature=x HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nOrigin: null\r\nCookie: console_session=1.x\r\n\r\n`,
  ];
  const spices = ['\r\n', '\n', '\0', ' ', '%', '%2e%2e%2f', '"', '\\', '[', '__proto__', '{'.repeat(200), 'é', '\u{1f4f7}', '-1', '1e999', 'A'.repeat(9000), ': ', ';', '..', '?', '#', '&a[b]=c', ',', '0'];

  /** A good request with one to four of its places cut, doubled, moved or spiced. */
  function broken(random: () => number): Buffer {
    const below = (n: number): number => Math.floor(random() * n);
    let text = good[below(good.length)] ?? '';
    for (let n = 1 + below(4); n > 0; n--) {
      const [at, length] = [below(text.length), 1 + below(12)];
      const part = text.slice(at, at + length);
      const spice = spices[below(spices.length)] ?? '';
      text = [text.slice(0, at) + text.slice(at + length), text.slice(0, at) + spice + text.slice(at), text.slice(0, at) + spice + text.slice(at + length), text + part, text.slice(0, at + length) + part + text.slice(at + length)][below(5)] ?? '';
    }
    const bytes = Buffer.from(text);
    if (below(4) === 0) bytes[below(bytes.length)] = below(256);
    return bytes;
  }

  it('2,000 of them are refused or answered, and nothing breaks', async () => {
    const random = seededRandom(12);
    const statuses = new Map<string, number>();
    let sent = 0;
    const one = async (): Promise<void> => {
      const bytes = broken(random);
      sent += 1;
      // Each from another address: wrong tokens would close the door to one.
      const answer = await it_.raw(bytes, 150, `127.8.${sent >> 8}.${sent & 255}`);
      const status = answer.slice(0, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (/^(HTTP\/1\.1 ([2-4]\d\d|501))?$/.test(status) && !INSIDES.test(answer)) return;
      throw new Error(`${JSON.stringify(bytes.toString('latin1'))} was answered with ${answer}`);
    };
    for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, one));
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 401', 'HTTP/1.1 404', '']));
    expect(sent).toBe(2000);
    expect(it_.worker.logs.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  });
});

describe('many connections', () => {
  const open = (bytes: string): Promise<Socket> =>
    new Promise((settle, fail) => {
      const socket = connect(it_.port, '127.0.0.1', () => socket.write(bytes, () => settle(socket)));
      socket.on('error', fail);
    });
  const slowestMs = async (): Promise<number> => {
    let slowest = 0;
    for (let i = 0; i < 20; i++) {
      const startMs = performance.now();
      expect((await it_.ask('/api/cameras', { headers: BEARER })).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - startMs);
    }
    return slowest;
  };

  it('that begin a request, 1,000 of them, and never end it hold up nobody', async () => {
    const before = await memoryOf(it_.worker.pid);
    const sockets = await Promise.all(Array.from({ length: 1000 }, (_, i) => open(i % 2 ? 'GET /api/cameras HTTP/1.1\r\nHost: localhost\r\nX-Slow: ' : 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntoken=')));
    for (const socket of sockets) socket.write('a');
    expect(await slowestMs()).toBeLessThan(2000);
    expect((await memoryOf(it_.worker.pid)).residentBytes - before.residentBytes).toBeLessThan(100e6);
    for (const socket of sockets) socket.destroy();
  });

  it('that ask for an hour of footage, 100 of them, and do not read it, take no memory for it', async () => {
    const startMs = SEGMENT_START_MS + 3_600_000;
    await writeFile(segmentPath(join(it_.folder.path, 'recordings'), 'cam_1', startMs, 3_600_000), '');
    await truncate(segmentPath(join(it_.folder.path, 'recordings'), 'cam_1', startMs, 3_600_000), 900_000_000); // sparse
    const before = await memoryOf(it_.worker.pid);
    const name = segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 3_600_000 });
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(`GET /api/footage/${name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`)));
    await Promise.all(sockets.map((socket) => once(socket, 'readable')));
    expect(await slowestMs()).toBeLessThan(2000);
    expect((await memoryOf(it_.worker.pid)).residentBytes - before.residentBytes).toBeLessThan(100e6);
    for (const socket of sockets) socket.destroy();
  });
});
