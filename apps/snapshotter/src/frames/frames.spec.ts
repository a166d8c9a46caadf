import type { Clock } from '@vr/contracts';
import { checkFrameUrl, isClosedAddress } from './frame-address';
import { FrameCache, type Frame } from './frame-cache';
import { readFrame } from './read-frame';

const NOW_MS = Date.UTC(2026, 10, 23, 2, 15);
const TABLES = [0xff, 0xdb, 0, 67, 0, ...Array<number>(64).fill(1)];
const JPEG = Buffer.from([0xff, 0xd8, ...TABLES, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 2, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 7, 0xff, 0xd9]);

describe('FrameCache', () => {
  let nowMs = NOW_MS;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const frame = (timestampMs: number, cameraId = 'cam_1'): Frame => ({ cameraId, timestampMs, picture: { jpeg: JPEG } });
  let cache: FrameCache;
  beforeEach(() => {
    nowMs = NOW_MS;
    cache = new FrameCache(clock);
  });

  it('keeps the newest of each camera, also where frames overtake each other', () => {
    for (const ms of [0, 80, 40]) cache.keep(frame(NOW_MS + ms));
    expect(cache.fresh('cam_1')?.timestampMs).toBe(NOW_MS + 80);
    expect(cache.fresh('cam_2')).toBeUndefined();
  });

  it('takes a frame for now up to 5 s after it, and not beyond', () => {
    cache.keep(frame(NOW_MS));
    nowMs = NOW_MS + 5000;
    expect(cache.fresh('cam_1')).toBeDefined();
    nowMs = NOW_MS + 5001;
    expect(cache.fresh('cam_1')).toBeUndefined();
  });

  it('forgets a frame from the future as soon as a right one comes', () => {
    cache.keep(frame(NOW_MS + 3_600_000));
    expect(cache.fresh('cam_1')).toBeUndefined();
    cache.keep(frame(NOW_MS));
    expect(cache.fresh('cam_1')?.timestampMs).toBe(NOW_MS);
  });
});

describe('readFrame', () => {
  const at = NOW_MS / 1000;
  it('takes an address, base64 and a bare JPEG', () => {
    expect(readFrame({ camera_id: 'cam_1', timestamp: at, url: 'http://10.0.0.9/f.jpg', fps: 30 }, {}, Buffer.alloc(0)).picture).toEqual({ url: 'http://10.0.0.9/f.jpg' });
    expect(readFrame({ camera_id: 'cam_1', timestamp: at, data: 'AAAA' }, {}, Buffer.alloc(0)).picture).toEqual({ base64: 'AAAA' });
    expect(readFrame(undefined, { Camera_Id: 'cam_1', timestamp: `${at}.5` }, JPEG)).toEqual({ cameraId: 'cam_1', timestampMs: NOW_MS + 500, picture: { jpeg: JPEG } });
    expect(readFrame(undefined, { camera_id: 'cam_1', timestamp: '2026-11-23T02:15:00Z' }, JPEG).timestampMs).toBe(NOW_MS);
  });

  it.each([
    ['neither JSON nor JPEG', undefined, { camera_id: 'cam_1', timestamp: `${at}` }, Buffer.from('hello')],
    ['a JPEG cut short', undefined, { camera_id: 'cam_1', timestamp: `${at}` }, JPEG.subarray(0, -2)],
    ['a JPEG without headers', undefined, {}, JPEG],
    ['a camera id that is a path', undefined, { camera_id: '../x', timestamp: `${at}` }, JPEG],
    ['no picture', { camera_id: 'cam_1', timestamp: at }, {}, Buffer.alloc(0)],
    ['a file for an address', { camera_id: 'cam_1', timestamp: at, url: 'file:///etc/passwd' }, {}, Buffer.alloc(0)],
  ])('refuses %s', (_, payload, headers, body) => {
    expect(() => readFrame(payload, headers, body)).toThrow(expect.objectContaining({ code: 'invalid_payload' }) as Error);
  });
});

describe('where a frame may come from', () => {
  it.each(['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/latest', 'http://0.0.0.0/', 'http://[fe80::1]/', 'http://[::]/'])(
    'not %s, unless FRAME_HOSTS names it',
    (url) => {
      expect(() => checkFrameUrl(url, undefined)).toThrow(/this machine/);
      expect(checkFrameUrl(url, [new URL(url).hostname]).href).toBe(new URL(url).href);
    },
  );

  it('anywhere else without FRAME_HOSTS, and with it only there', () => {
    expect(checkFrameUrl('http://10.0.0.9:8080/f.jpg', undefined).host).toBe('10.0.0.9:8080');
    expect(checkFrameUrl('http://streams:8080/f.jpg', ['streams']).host).toBe('streams:8080');
    expect(checkFrameUrl('http://streams:8080/f.jpg', ['streams:8080']).host).toBe('streams:8080');
    expect(() => checkFrameUrl('http://streams:22/f.jpg', ['streams:8080'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('http://streams.evil/f.jpg', ['streams'])).toThrow(/FRAME_HOSTS/);
    expect(() => checkFrameUrl('ftp://streams/f.jpg', ['streams'])).toThrow(/http/);
  });

  it('knows this machine and its link by address', () => {
    expect(['127.8.8.8', '::1', '169.254.0.1', 'fe80::2', '::ffff:169.254.169.254'].every(isClosedAddress)).toBe(true);
    expect(['10.0.0.1', '192.168.1.5', '8.8.8.8', '2001:db8::1'].some(isClosedAddress)).toBe(false);
  });
});
