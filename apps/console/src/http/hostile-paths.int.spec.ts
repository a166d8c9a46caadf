import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@vr/base';
import { ObjectLinks } from '@vr/objects';
import { BEARER, ConsoleProcess, INSIDES, SEGMENT, SEGMENT_TEXT, TOKEN } from '../testing/console-process';

let it_: ConsoleProcess;
beforeAll(async () => {
  it_ = await ConsoleProcess.start({ CONSOLE_API_TOKEN: TOKEN });
});
afterEach(async () => {
  expect(await it_.ask('/health/live')).toMatchObject({ status: 200 });
});
afterAll(() => it_.stop());

describe('a path that leads out', () => {
  const rooms = [
    '/',
    '/vendor/',
    '/api/footage/',
    '/api/media/clips/',
    '/api/media/snapshots/cam_1/',
    '/objects/clips/',
    '/queues/static/',
  ];
  const ways = [
    ...[
      '../secret.txt',
      '../../secret.txt',
      '../../../secret.txt',
      '..%2fsecret.txt',
      '..%2f..%2fsecret.txt',
      '%2e%2e/secret.txt',
      '%2e%2e%2f%2e%2e%2fsecret.txt',
      '..%5csecret.txt',
      '..\\secret.txt',
    ],
    ...[
      '....//....//secret.txt',
      '..;/secret.txt',
      '%252e%252e%252fsecret.txt',
      '..%c0%afsecret.txt',
      '..%ef%bc%8fsecret.txt',
      '..%00/secret.txt',
      'secret.mp4%00.jpg',
      'cam_1/..%2f..%2fsecret.txt',
      'cam_1/%2e%2e/%2e%2e/secret.txt',
    ],
    ...[
      '../../../../../../../../etc/passwd',
      '%2fetc%2fpasswd',
      '//etc/passwd',
      '/etc/passwd',
      'file:///etc/passwd',
      'C:%5c..%5csecret.txt',
      '.secret',
      '.link-secret',
      '.session-secret',
      '%2esession-secret',
      '%',
      '%zz',
      '%e0%a4%a',
      '%00',
    ],
  ];
  it.each(rooms)(`below %s is refused, in ${ways.length} forms`, async (room) => {
    for (const way of ways) {
      // http.request would mend some of the paths, so it is not used.
      const answer = await it_.raw(
        `GET ${room}${way} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
      );
      expect([way, answer.slice(0, 12)]).toEqual([way, expect.stringMatching(/^HTTP\/1\.1 4\d\d$/)]);
      expect(answer).not.toMatch(INSIDES);
    }
  });

  it.each(['..', '..%2f..', '%2e%2e%2fsecret', 'cam_1%2f..', 'cam_1%00', '%', '.audit', 'x'.repeat(65)])(
    'in place of a camera is refused: %s',
    async (id) => {
      const range = 'start=1795435200&end=1795435260';
      for (const path of ['snapshot.jpg', `timeline?${range}`, `footage.m3u8?${range}`, `clip.mp4?${range}`]) {
        const { status, body } = await it_.ask(`/api/cameras/${id}/${path}`, { headers: BEARER });
        expect([path, status >= 400 && status < 500, INSIDES.test(body)]).toEqual([path, true, false]);
      }
    },
  );
});

describe('a signed link', () => {
  let link: URL;
  let other: URL;
  beforeAll(async () => {
    await writeFile(join(it_.folder.path, 'objects/clips/cam_1/a.mp4'), SEGMENT_TEXT);
    const links = new ObjectLinks(
      { objectsDir: join(it_.folder.path, 'objects'), consoleUrl: 'http://localhost', urlTtlSeconds: 60 },
      systemClock,
    );
    [link, other] = [
      new URL(await links.sign('clips', 'cam_1/a.mp4')),
      new URL(await links.sign('clips', 'cam_1/b.mp4')),
    ];
  });
  const status = async (change: (url: URL) => string, method = 'GET'): Promise<number> =>
    (await it_.ask(change(new URL(link)), { method })).status;
  const set =
    (name: string, value: string) =>
    (url: URL): string => {
      url.searchParams.set(name, value);
      return url.pathname + url.search;
    };

  it('opens its object, whole or in part, and tells its size', async () => {
    expect(await it_.ask(link.pathname + link.search)).toMatchObject({ status: 200, body: SEGMENT_TEXT });
    expect(await it_.ask(link.pathname + link.search, { headers: { range: 'bytes=2-4' } })).toMatchObject({
      status: 206,
      body: '234',
    });
    expect(await it_.ask(link.pathname + link.search, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': String(SEGMENT_TEXT.length) },
    });
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
    [
      'with a signature in another case',
      (url) => set('signature', (url.searchParams.get('signature') ?? '').toUpperCase())(url),
    ],
    ['that lasts longer', set('expires', '99999999999')],
    ['that is over', set('expires', '1')],
    ['that lasts until nothing', set('expires', '')],
    ['that lasts for ever', set('expires', 'Infinity')],
    [
      'that lasts until a number in another form',
      (url) => set('expires', `0${url.searchParams.get('expires') ?? ''}`)(url),
    ],
    ['that lasts until two instants', ({ pathname, search }) => `${pathname}${search}&expires=99999999999`],
    [
      'that lasts until an object',
      ({ pathname, search }) => pathname + search.replace('expires=', 'expires[toString]='),
    ],
  ])('%s opens nothing', async (_, change) => expect([401, 403]).toContain(await status(change)));

  it('changes nothing, and proves nothing elsewhere', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await status((url) => url.pathname + url.search, method)).toBe(401);
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
