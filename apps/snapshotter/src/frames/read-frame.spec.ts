import { smallestJpeg } from '../testing/smallest-jpeg';
import type { Frame } from './frame-buffer';
import { readFrame as readMessage } from './read-frame';

const NOW_MS = Date.UTC(2026, 10, 23, 2, 15);

describe('readFrame', () => {
  const at = NOW_MS / 1000;
  const readFrame = (payload: unknown, headers: Record<string, string>, body: Uint8Array): Frame =>
    readMessage(payload, { headers, body, arrival: { atMs: NOW_MS, mark: '1' } });

  it('takes an address, base64 and a bare JPEG', () => {
    expect(
      readFrame({ camera_id: 'cam_1', timestamp: at, url: 'http://10.0.0.9/f.jpg', fps: 30 }, {}, Buffer.alloc(0))
        .picture,
    ).toEqual({ url: 'http://10.0.0.9/f.jpg' });
    for (const data of [smallestJpeg.toString('base64'), `data:image/jpeg;base64,${smallestJpeg.toString('base64')}`])
      expect(readFrame({ camera_id: 'cam_1', timestamp: at, data }, {}, Buffer.alloc(0)).picture).toEqual({
        jpeg: smallestJpeg,
      });
    expect(
      readFrame(
        undefined,
        { camera_id: 'cam_1', timestamp: `${at}` },
        Buffer.concat([smallestJpeg, Buffer.from('<script>')]),
      ).picture,
    ).toEqual({ jpeg: smallestJpeg });
    expect(readFrame(undefined, { Camera_Id: 'cam_1', timestamp: `${at}.5` }, smallestJpeg)).toEqual({
      cameraId: 'cam_1',
      timestampMs: NOW_MS + 500,
      picture: { jpeg: smallestJpeg },
    });
    expect(
      readFrame(undefined, { camera_id: 'cam_1', timestamp: '2026-11-23T02:15:00Z' }, smallestJpeg).timestampMs,
    ).toBe(NOW_MS);
    expect(readFrame(undefined, { 'Camera-Id': 'cam_1' }, smallestJpeg).timestampMs).toBe(NOW_MS);
    expect(
      readFrame(
        { camera: 'cam_1', timestamp: null, url: null, data: smallestJpeg.toString('base64') },
        {},
        Buffer.alloc(0),
      ),
    ).toEqual({ cameraId: 'cam_1', timestampMs: NOW_MS, picture: { jpeg: smallestJpeg } });
    expect(
      readFrame({ camera_id: 'cam_1', timestamp: at, url: 'http://10.0.0.9/f.jpg', data: null }, {}, Buffer.alloc(0))
        .picture,
    ).toEqual({ url: 'http://10.0.0.9/f.jpg' });
  });

  const sized = (width: number, height: number): Buffer => {
    const jpeg = Buffer.from(smallestJpeg);
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
    ['a JPEG cut short', undefined, { camera_id: 'cam_1', timestamp: `${at}` }, smallestJpeg.subarray(0, -2)],
    ['a JPEG without headers', undefined, {}, smallestJpeg],
    ['a camera id that is a path', undefined, { camera_id: '../x', timestamp: `${at}` }, smallestJpeg],
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
