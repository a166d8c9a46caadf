/** What cameras answer in headers: URLs, transports, sessions. */
import { cameraAddress, isSameCamera } from './camera-address';
import { baseUrl, controlUrl } from './control-url';
import { parseSession, parseTransport } from './transport';

describe('controlUrl', () => {
  it.each([
    ['rtsp://c/live/', 'trackID=1', 'rtsp://c/live/trackID=1'],
    ['rtsp://c/live', 'trackID=1', 'rtsp://c/live/trackID=1'],
    ['rtsp://c/live?channel=1', 'trackID=1', 'rtsp://c/live?channel=1/trackID=1'],
    ['rtsp://c/live/', '/track1', 'rtsp://c/live/track1'],
    ['rtsp://c/live', 'rtsp://c/other/track1', 'rtsp://c/other/track1'],
    ['rtsp://c/live', '*', 'rtsp://c/live'],
    ['rtsp://c/live', undefined, 'rtsp://c/live'],
    ['rtsp://c/live', '?ctype=video', 'rtsp://c/live?ctype=video'],
  ])('%s and %s', (base, control, url) => {
    expect(controlUrl(base, control)).toBe(url);
  });

  it.each([
    ['rtsp://c/base/', undefined, 'rtsp://c/base/'],
    ['', 'rtsp://c/other', 'rtsp://c/other'],
    ['/live/', undefined, 'rtsp://c/asked'],
    [undefined, undefined, 'rtsp://c/asked'],
  ])('has as base of %s and %s', (contentBase, contentLocation, base) => {
    expect(baseUrl('rtsp://c/asked', contentBase, contentLocation)).toBe(base);
  });
});

describe('parseTransport', () => {
  it.each([
    ['RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=6D1D3E5F;mode="play"', { interleaved: [2, 3], ssrc: 0x6d1d3e5f }],
    ['RTP/AVP;unicast;client_port=5000-5001;server_port=6970', { serverPorts: [6970, 6971] }],
    ['RTP/AVP/TCP;interleaved=4', { interleaved: [4, 5] }],
    ['RTP/AVP/TCP;interleaved=300-301;ssrc=zz', {}],
    ['', {}],
  ])('%s', (text, answer) => {
    const known = Object.entries(parseTransport(text)).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(known)).toEqual(answer);
  });
});

describe('parseSession', () => {
  it.each([
    ['12345678;timeout=60', { id: '12345678', timeoutMs: 60_000 }],
    ['a.b ; timeout = 1', { id: 'a.b', timeoutMs: 1000 }],
    ['x;timeout=0', { id: 'x', timeoutMs: 60_000 }],
    [';timeout=5', undefined],
  ])('%s', (text, answer) => {
    expect(parseSession(text)).toEqual(answer);
  });
});

describe('cameraAddress', () => {
  it('cuts a URL into where, what and who', () => {
    expect(cameraAddress('rtsp://ad:min:p@ss/w@[fe80::1]:8554/live?x=1')).toMatchObject({
      ...{ host: 'fe80::1', port: 8554, tls: false, url: 'rtsp://[fe80::1]:8554/live?x=1' },
      credentials: { user: 'ad' },
    });
    expect(cameraAddress('rtsps://cam/live')).toEqual({ host: 'cam', port: 322, tls: true, url: 'rtsps://cam/live' });
  });

  it.each(['http://cam/', 'rtsp://', 'nothing', 'rtsp://u:secret@'])('refuses %s, without its password', (url) => {
    expect(() => cameraAddress(url)).toThrow(/^wanted a URL(?!.*secret)/);
  });

  it('gives credentials to the same camera alone', () => {
    const at = (url: string) => cameraAddress(url);
    expect(isSameCamera(at('rtsp://u:p@cam/a'), at('rtsp://CAM/b'))).toBe(true);
    expect(isSameCamera(at('rtsp://u:p@cam/a'), at('rtsp://cam:555/a'))).toBe(false);
    expect(isSameCamera(at('rtsp://u:p@cam/a'), at('rtsp://other/a'))).toBe(false);
    expect(isSameCamera(at('rtsps://u:p@cam:322/a'), at('rtsp://cam:322/a'))).toBe(false);
  });
});
