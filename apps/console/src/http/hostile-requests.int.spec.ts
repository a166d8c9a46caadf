import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { segmentFileName, segmentPath } from '@vr/footage';
import { memoryOf, seededRandom } from '@vr/testing';
import { BEARER, ConsoleProcess, INSIDES, SEGMENT, SEGMENT_START_MS, TOKEN } from '../testing/console-process';

let it_: ConsoleProcess;
beforeAll(async () => {
  it_ = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
});
afterEach(async () => {
  expect(await it_.ask('/health/live')).toMatchObject({ status: 200 });
});
afterAll(() => it_.stop());

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
    // The console says that a route is not there before it reads the body.
    expect(
      (answer.match(/HTTP\/1\.1 \d+/g) ?? []).filter((status) => !/ (400|501)$/.test(status)).length,
    ).toBeLessThanOrEqual(1);
  });
});

describe('bad requests', () => {
  const request = (line: string, headers: string[], body = ''): string => {
    const length = body === '' ? [] : [`Content-Length: ${body.length}`];
    return [`${line} HTTP/1.1`, 'Host: localhost', ...headers, ...length, '', body].join('\r\n');
  };
  const bearer = `Authorization: Bearer ${TOKEN}`;
  const form = 'Content-Type: application/x-www-form-urlencoded';
  const good = [
    request('GET /api/cameras', [bearer]),
    request(`GET ${SEGMENT}`, [bearer, 'Range: bytes=2-4']),
    request('GET /api/clips?limit=5&camera=cam_1&before=1790000000', [bearer, 'Accept: text/html']),
    request(
      'POST /api/cameras/cam_1/protect',
      [bearer, 'Content-Type: application/json'],
      '{"start":1,"end":2,"reason":"x"}',
    ),
    request('POST /login', [form], `token=${TOKEN}`),
    request('GET /objects/clips/cam_1/a.mp4?expires=1&signature=x', [
      'Sec-Fetch-Site: cross-site',
      'Origin: null',
      'Cookie: console_session=1.x',
    ]),
  ];
  const spices = [
    '\r\n',
    '\n',
    '\0',
    ' ',
    '%',
    '%2e%2e%2f',
    '"',
    '\\',
    '[',
    '__proto__',
    '{'.repeat(200),
    'é',
    '\u{1f4f7}',
    '-1',
    '1e999',
    'A'.repeat(9000),
    ': ',
    ';',
    '..',
    '?',
    '#',
    '&a[b]=c',
    ',',
    '0',
  ];

  /** A good request with one to four of its places cut, doubled, moved or spiced. */
  function broken(random: () => number): Buffer {
    const below = (n: number): number => Math.floor(random() * n);
    let text = good[below(good.length)] ?? '';
    for (let n = 1 + below(4); n > 0; n--) {
      const [at, length] = [below(text.length), 1 + below(12)];
      const part = text.slice(at, at + length);
      const spice = spices[below(spices.length)] ?? '';
      text =
        [
          text.slice(0, at) + text.slice(at + length),
          text.slice(0, at) + spice + text.slice(at),
          text.slice(0, at) + spice + text.slice(at + length),
          text + part,
          text.slice(0, at + length) + part + text.slice(at + length),
        ][below(5)] ?? '';
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
      // Each comes from another address, because wrong tokens would close the door to one.
      const answer = await it_.raw(bytes, 150, `127.8.${sent >> 8}.${sent & 255}`);
      const status = answer.slice(0, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (/^(HTTP\/1\.1 ([2-4]\d\d|501))?$/.test(status) && !INSIDES.test(answer)) return;
      throw new Error(`${JSON.stringify(bytes.toString('latin1'))} was answered with ${answer}`);
    };
    for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, one));
    expect([...statuses.keys()]).toEqual(
      expect.arrayContaining(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 401', 'HTTP/1.1 404', '']),
    );
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
  /**
   * How long the middle one of 20 requests takes. Another program may hold up one of them. Only the console can hold up
   * all.
   */
  const usualMs = async (): Promise<number> => {
    const tookMs: number[] = [];
    for (let i = 0; i < 20; i++) {
      const startMs = performance.now();
      expect((await it_.ask('/api/cameras', { headers: BEARER })).status).toBe(200);
      tookMs.push(performance.now() - startMs);
    }
    return tookMs.sort((a, b) => a - b)[10] ?? Infinity;
  };

  it('that begin a request, 1,000 of them, and never end it hold up nobody', async () => {
    const before = await memoryOf(it_.worker.pid);
    const aloneMs = await usualMs();
    const get = ['GET /api/cameras HTTP/1.1', 'Host: localhost', 'X-Slow: '];
    const form = 'Content-Type: application/x-www-form-urlencoded';
    const post = ['POST /login HTTP/1.1', 'Host: localhost', form, 'Content-Length: 100', '', 'token='];
    const sockets = await Promise.all(Array.from({ length: 1000 }, (_, i) => open((i % 2 ? get : post).join('\r\n'))));
    for (const socket of sockets) socket.write('a');
    expect(await usualMs()).toBeLessThan(10 * aloneMs + 200);
    expect((await memoryOf(it_.worker.pid)).residentBytes - before.residentBytes).toBeLessThan(100e6);
    for (const socket of sockets) socket.destroy();
  });

  it('that ask for an hour of footage, 100 of them, and do not read it, take no memory for it', async () => {
    const startMs = SEGMENT_START_MS + 3_600_000;
    await writeFile(segmentPath(join(it_.folder.path, 'recordings'), 'cam_1', startMs, 3_600_000), '');
    // sparse
    await truncate(segmentPath(join(it_.folder.path, 'recordings'), 'cam_1', startMs, 3_600_000), 900_000_000);
    const before = await memoryOf(it_.worker.pid);
    const aloneMs = await usualMs();
    const name = segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 3_600_000 });
    const sockets = await Promise.all(
      Array.from({ length: 100 }, () =>
        open(`GET /api/footage/${name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`),
      ),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'readable')));
    expect(await usualMs()).toBeLessThan(10 * aloneMs + 200);
    expect((await memoryOf(it_.worker.pid)).residentBytes - before.residentBytes).toBeLessThan(100e6);
    for (const socket of sockets) socket.destroy();
  });
});
