import { wayToPlay, type StreamOnOffer } from './way-to-play';

const hevc: StreamOnOffer = { stream: 'main', codecs: ['hvc1.1.6.L153.90', 'mp4a.40.2'], widthPixels: 3840 };
const avc: StreamOnOffer = { stream: 'main', codecs: ['avc1.640033'], widthPixels: 2560 };
const sub: StreamOnOffer = { stream: 'sub', codecs: ['avc1.4d401f'], widthPixels: 640 };
/** As Chromium on Linux. */
const noHevc = (mimeType: string): boolean => !mimeType.includes('hvc1');
const page = { canPlay: noHevc, hasStills: true, widthPixels: 1200 };

describe('how a camera is shown', () => {
  it('asks the browser with the real codec string, the sound with it', () => {
    const asked: string[] = [];
    wayToPlay([hevc], { ...page, canPlay: (mimeType) => asked.push(mimeType) > 0 });
    expect(asked).toEqual(['video/mp4; codecs="hvc1.1.6.L153.90, mp4a.40.2"']);
  });

  it('takes the main stream on a large picture and the sub-stream on a wall', () => {
    expect(wayToPlay([avc, sub], page)?.stream).toBe('main');
    expect(wayToPlay([avc, sub], { ...page, widthPixels: 320 })?.stream).toBe('sub');
  });

  it('plays H.265 by its H.264 sub-stream, however small', () => {
    expect(wayToPlay([hevc, sub], page)).toEqual({
      by: 'play',
      stream: 'sub',
      mimeType: 'video/mp4; codecs="avc1.4d401f"',
    });
  });

  it('shows stills where nothing plays, a download where there are no stills, and nothing of no stream', () => {
    expect(wayToPlay([hevc], page)).toEqual({ by: 'stills', stream: 'main' });
    expect(wayToPlay([hevc], { ...page, hasStills: false })).toEqual({ by: 'download', stream: 'main' });
    expect(wayToPlay([], page)).toBeUndefined();
  });
});
