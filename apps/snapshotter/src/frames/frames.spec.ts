import { networkInterfaces } from 'node:os';
import { cameraConfig, type Clock } from '@vr/contracts';
import { checkFrameUrl, isPrivateAddress, openAddresses } from './frame-address';
import { FrameBuffer, type Frame } from './frame-buffer';
import { readFrame as readMessage } from './read-frame';

const NOW_MS = Date.UTC(2026, 10, 23, 2, 15);
const TABLES = [0xff, 0xdb, 0, 67, 0, ...Array<number>(64).fill(1)];
const JPEG = Buffer.from([
  0xff,
  0xd8,
  ...TABLES,
  0xff,
  0xc0,
  0,
  11,
  8,
  0,
  2,
  0,
  2,
  1,
  1,
  0x11,
  0,
  0xff,
  0xda,
  0,
  8,
  1,
  1,
  0,
  0,
  63,
  0,
  7,
  0xff,
  0xd9,
]);

describe('FrameBuffer', () => {
  let nowMs = NOW_MS;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const roster = {
    all: () =>
      Array.from({ length: 8 }, (_, i) => cameraConfig.parse({ id: `cam_${i + 1}`, url: 'rtsp://10.0.0.5/1' })),
    find: () => undefined,
  };
  const frame = (timestampMs: number, picture: Frame['picture'] = { jpeg: JPEG }, cameraId = 'cam_1'): Frame => ({
    cameraId,
    timestampMs,
    picture,
  });
  let buffer: FrameBuffer;
  beforeEach(() => {
    nowMs = NOW_MS;
    buffer = new FrameBuffer(clock, roster);
  });
  const nearest = (ms: number, withinMs = 500): number | undefined =>
    buffer.nearest('cam_1', NOW_MS + ms, withinMs)?.timestampMs;

  it('knows the frame nearest to an instant, also where frames overtake each other', () => {
    for (const ms of [0, 80, 40, 120]) buffer.keep(frame(NOW_MS + ms));
    expect(nearest(55)).toBe(NOW_MS + 40);
    expect(nearest(-500)).toBe(NOW_MS);
    expect(nearest(621)).toBeUndefined();
    expect(buffer.nearest('cam_2', NOW_MS, 500)).toBeUndefined();
  });

  it('takes the newest for now up to 2 s after it, and not beyond', () => {
    for (const ms of [0, 80, 40]) buffer.keep(frame(NOW_MS + ms));
    nowMs = NOW_MS + 2080;
    expect(buffer.fresh('cam_1')?.timestampMs).toBe(NOW_MS + 80);
    nowMs += 1;
    expect(buffer.fresh('cam_1')).toBeUndefined();
  });

  it('is not led astray by a frame from the future', () => {
    buffer.keep(frame(NOW_MS + 3_600_000));
    expect(buffer.fresh('cam_1')).toBeUndefined();
    buffer.keep(frame(NOW_MS));
    expect(buffer.fresh('cam_1')?.timestampMs).toBe(NOW_MS);
  });

  it('has of an address that comes again only the last frame: the older picture is gone', () => {
    for (const ms of [0, 40, 80]) buffer.keep(frame(NOW_MS + ms, { url: 'http://10.0.0.9/latest.jpg' }));
    buffer.keep(frame(NOW_MS + 20, { url: 'http://10.0.0.9/20.jpg' }));
    expect(nearest(0)).toBe(NOW_MS + 20);
    expect(nearest(70)).toBe(NOW_MS + 80);
  });

  it('holds 8 MB a camera at most, whatever comes, and the last 10 s', () => {
    const large = Buffer.alloc(300_000);
    for (let n = 0; n < 2400; n++) {
      nowMs += 4;
      buffer.keep(frame(nowMs, { jpeg: large }, `cam_${1 + (n % 8)}`));
      expect(buffer.sizeBytes()).toBeLessThanOrEqual(64_000_000);
    }
    expect(buffer.sizeBytes()).toBeGreaterThan(50_000_000);
    expect(buffer.nearest('cam_8', nowMs, 0)?.timestampMs).toBe(nowMs);
    nowMs += 10_001;
    buffer.keep(frame(nowMs, { jpeg: large }));
    expect(buffer.nearest('cam_1', nowMs - 10_001, 1000)).toBeUndefined();
  });
});

describe('readFrame', () => {
  const at = NOW_MS / 1000;
  const readFrame = (payload: unknown, headers: Record<string, string>, body: Uint8Array): Frame =>
    readMessage(payload, { headers, body, arrival: { atMs: NOW_MS, mark: '1' } });

  it('takes an address, base64 and a bare JPEG', () => {
    expect(
      readFrame({ camera_id: 'cam_1', timestamp: at, url: 'http://10.0.0.9/f.jpg', fps: 30 }, {}, Buffer.alloc(0))
        .picture,
    ).toEqual({ url: 'http://10.0.0.9/f.jpg' });
    for (const data of [JPEG.toString('base64'), `data:image/jpeg;base64,${JPEG.toString('base64')}`])
      expect(readFrame({ camera_id: 'cam_1', timestamp: at, data }, {}, Buffer.alloc(0)).picture).toEqual({
        jpeg: JPEG,
      });
    expect(
      readFrame(undefined, { camera_id: 'cam_1', timestamp: `${at}` }, Buffer.concat([JPEG, Buffer.from('<script>')]))
        .picture,
    ).toEqual({ jpeg: JPEG });
    expect(readFrame(undefined, { Camera_Id: 'cam_1', timestamp: `${at}.5` }, JPEG)).toEqual({
      cameraId: 'cam_1',
      timestampMs: NOW_MS + 500,
      picture: { jpeg: JPEG },
    });
    expect(readFrame(undefined, { camera_id: 'cam_1', timestamp: '2026-11-23T02:15:00Z' }, JPEG).timestampMs).toBe(
      NOW_MS,
    );
    expect(readFrame(undefined, { 'Camera-Id': 'cam_1' }, JPEG).timestampMs).toBe(NOW_MS);
    expect(
      readFrame({ camera: 'cam_1', timestamp: null, url: null, data: JPEG.toString('base64') }, {}, Buffer.alloc(0)),
    ).toEqual({ cameraId: 'cam_1', timestampMs: NOW_MS, picture: { jpeg: JPEG } });
    expect(
      readFrame({ camera_id: 'cam_1', timestamp: at, url: 'http://10.0.0.9/f.jpg', data: null }, {}, Buffer.alloc(0))
        .picture,
    ).toEqual({ url: 'http://10.0.0.9/f.jpg' });
  });

  const sized = (width: number, height: number): Buffer => {
    const jpeg = Buffer.from(JPEG);
    const header = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(height, header + 5);
    jpeg.writeUInt16BE(width, header + 7);
    return jpeg;
  };

  it.each([
    [7680, 4320],
    [16_384, 3900],
    [1, 16_384],
  ])('takes a picture of %dx%d', (width, height) => {
    const data = sized(width, height).toString('base64');
    expect(readFrame({ camera_id: 'cam_1', timestamp: at, data }, {}, Buffer.alloc(0)).picture).toEqual({
      jpeg: sized(width, height),
    });
  });

  it.each([
    [65_500, 65_500],
    [16_385, 2],
    [2, 16_385],
    [8001, 8000],
  ])('refuses one that claims %dx%d, in JSON and bare', (width, height) => {
    const jpeg = sized(width, height);
    const refusal = expect.objectContaining({
      code: 'invalid_payload',
      message: expect.stringContaining(`got one of ${width}x${height}`) as string,
    }) as Error;
    expect(() =>
      readFrame({ camera_id: 'cam_1', timestamp: at, data: jpeg.toString('base64') }, {}, Buffer.alloc(0)),
    ).toThrow(refusal);
    expect(() => readFrame(undefined, { camera_id: 'cam_1', timestamp: `${at}` }, jpeg)).toThrow(refusal);
  });

  it.each([
    ['neither JSON nor JPEG', undefined, { camera_id: 'cam_1', timestamp: `${at}` }, Buffer.from('hello')],
    ['a JPEG cut short', undefined, { camera_id: 'cam_1', timestamp: `${at}` }, JPEG.subarray(0, -2)],
    ['a JPEG without headers', undefined, {}, JPEG],
    ['a camera id that is a path', undefined, { camera_id: '../x', timestamp: `${at}` }, JPEG],
    ['base64 of no JPEG', { camera_id: 'cam_1', timestamp: at, data: 'AAAA' }, {}, Buffer.alloc(0)],
    ['more than 10 MB', { camera_id: 'cam_1', timestamp: at, data: 'A'.repeat(14_000_000) }, {}, Buffer.alloc(0)],
    [
      'an endless address',
      { camera_id: 'cam_1', timestamp: at, url: `http://10.0.0.9/${'x'.repeat(2100)}` },
      {},
      Buffer.alloc(0),
    ],
    ['no picture', { camera_id: 'cam_1', timestamp: at }, {}, Buffer.alloc(0)],
    ['a file for an address', { camera_id: 'cam_1', timestamp: at, url: 'file:///etc/passwd' }, {}, Buffer.alloc(0)],
  ])('refuses %s', (_, payload, headers, body) => {
    expect(() => readFrame(payload, headers, body)).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }) as Error,
    );
  });
});

describe('where a frame may come from', () => {
  it.each([
    ...[
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://0.0.0.0/',
      'http://localhost/',
    ],
    ...[
      'http://127.1/',
      'http://0177.0.0.1/',
      'http://017700000001/',
      'http://127.0.0.1./',
      'http://0/',
      'https://127.0.0.1:443/',
      'http://127.255.255.254/',
    ],
    ...[
      'http://[::ffff:7f00:1]/',
      'http://[0:0:0:0:0:ffff:127.0.0.1]/',
      'http://[::127.0.0.1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[2002:7f00:1::]/',
      'http://[::ffff:169.254.169.254]/',
    ],
    ...[
      'http://10.0.0.9@127.0.0.1/',
      'http://user:10.0.0.9@127.0.0.1/',
      'http://127.0.0.1#@10.0.0.9/',
      'http://127.0.0.1\\@10.0.0.9/',
      'http://①②⑦.⓪.⓪.①/',
      'http://127。0。0。1/',
      'http://%31%32%37.0.0.1/',
    ],
    ...[
      'http://169.254.169.254/latest',
      'http://2852039166/',
      'http://[fe80::1]/',
      'http://[::]/',
      'http://8.8.8.8/f.jpg',
      'http://[2001:db8::1]/',
      'http://[fd00:ec2::254]/',
      'http://[fd20:ce::254]/',
      'http://100.100.100.200/',
    ],
    ...[
      'http://224.0.0.1/',
      'http://255.255.255.255/',
      'http://[ff02::1]/',
      'http://172.32.0.1/',
      'http://192.167.255.255/',
      'http://11.0.0.1/',
      'http://100.128.0.1/',
    ],
  ])('without FRAME_HOSTS not %s', async (url) => {
    await expect(openAddresses(checkFrameUrl(url, undefined), undefined)).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringContaining('FRAME_HOSTS') as string,
    });
  });

  it('without FRAME_HOSTS into private networks', async () => {
    expect(await openAddresses(checkFrameUrl('http://10.0.0.9:8080/f.jpg', undefined), undefined)).toEqual([
      { address: '10.0.0.9', family: 4 },
    ]);
    expect(
      ['10.0.0.1', '192.168.1.5', '172.20.0.3', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1'].every(isPrivateAddress),
    ).toBe(true);
    expect(
      ['172.32.0.1', '8.8.8.8', '127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.0.1'].some(isPrivateAddress),
    ).toBe(false);
  });

  it("without FRAME_HOSTS to none of this machine's own addresses, whichever it has now", async () => {
    const to = (url: string, ...own: string[]): Promise<unknown> => {
      const common = { netmask: '', mac: '', internal: false, cidr: null };
      const all = own.map((address) =>
        address.includes(':')
          ? { ...common, address, family: 'IPv6' as const, scopeid: 0 }
          : { ...common, address, family: 'IPv4' as const },
      );
      return openAddresses(checkFrameUrl(url, undefined), undefined, () => ({ eth0: all }));
    };
    const refused = { code: 'invalid_payload', message: expect.stringContaining('another machine') as string };
    for (const url of [
      'http://192.168.1.5:29180/x.jpg',
      'http://[::ffff:192.168.1.5]/',
      'http://3232235781/',
      'http://[fd00::2]:29180/x.jpg',
    ]) {
      await expect(to(url, '192.168.1.5', 'fd00::2')).rejects.toMatchObject(refused);
      expect(await to(url, '192.168.1.6', 'fd00::3')).toHaveLength(1);
    }
    const mine = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ address }) => isPrivateAddress(address));
    for (const { address, family } of mine)
      await expect(
        openAddresses(new URL(family === 'IPv6' ? `http://[${address}]/` : `http://${address}/`), undefined),
      ).rejects.toMatchObject(refused);
  });

  it('with FRAME_HOSTS only there', () => {
    for (const hosts of [['streams'], ['streams:8080']])
      expect(checkFrameUrl('http://streams:8080/f.jpg', hosts).host).toBe('streams:8080');
    expect(() => checkFrameUrl('http://streams:22/f.jpg', ['streams:8080'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('http://streams.evil/f.jpg', ['streams'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('http://streams@evil/f.jpg', ['streams'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('ftp://streams/f.jpg', ['streams'])).toThrow(/http/);
  });

  it('with FRAME_HOSTS also to this machine, where it is named, but to a link-local address only where that itself is', async () => {
    expect(await openAddresses(new URL('http://127.0.0.1:8080/'), ['127.0.0.1'])).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
    expect((await openAddresses(new URL('http://localhost/'), ['localhost'])).length).toBeGreaterThan(0);
    expect(await openAddresses(new URL('http://169.254.7.7/'), ['169.254.7.7'])).toEqual([
      { address: '169.254.7.7', family: 4 },
    ]);
  });
});
