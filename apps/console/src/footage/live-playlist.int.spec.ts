import { FRAMES_PER_SECOND, TestStream } from '@vr/recorded';
import { runToEnd } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';

const ZERO = Math.floor(Date.now() / 1000) * 1000 - 20_000;

describe('GET /api/cameras/ID/live.m3u8', () => {
  let console_: ConsoleApp;
  let stream: TestStream;
  const path = '/api/cameras/cam_1/live.m3u8';
  const text = async (from: string): Promise<string> => (await console_.get(from)).text();
  /** The address of a stream's playlist, as the first one names it. */
  const named = async (from: string): Promise<string> => {
    const last = (await text(from)).trim().split('\n').at(-1) ?? '';
    return new URL(last, `${console_.url}${from}`).href.slice(console_.url.length);
  };
  const numbers = (playlist: string, tag: string): number[] =>
    [...playlist.matchAll(new RegExp(`^#EXT-X-${tag}:(\\d+)`, 'gm'))].map(([, digits]) => Number(digits));

  beforeAll(async () => {
    console_ = await ConsoleApp.start({ cameras: ['cam_1', 'cam_2'], environment: { CONSOLE_API_TOKEN: '' } });
    stream = await TestStream.encode(20);
    await stream.record(console_.recordingsDir, 'cam_1', ZERO, 0, 8);
  });
  afterAll(() => console_.stop());

  it('names the streams that there are, and lists whole groups only, with what came before them', async () => {
    const writer = await stream.record(console_.recordingsDir, 'cam_1', ZERO, 8, 12, 'open');
    const answer = await console_.get(path);
    expect(answer.headers.get('content-type')).toContain('application/vnd.apple.mpegurl');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const first = await answer.text();
    expect(first).toMatch(/^#EXT-X-STREAM-INF:BANDWIDTH=\d+,CODECS="avc1\.42c0\w\w",RESOLUTION=320x180$/m);
    expect(first.match(/STREAM-INF/g)).toHaveLength(1);
    const live = await named(path);
    const before = await text(live);
    expect(before.match(/^#EXTINF:2.000,$/gm)).toHaveLength(5); // the sixth group may still grow
    expect([numbers(before, 'MEDIA-SEQUENCE'), before.includes('ENDLIST')]).toEqual([[0], false]);
    await stream.append(writer, ZERO, 12, 16);
    const after = await text(live);
    expect(after.startsWith(before.trimEnd())).toBe(true);
    expect(after.match(/^#EXTINF/gm)).toHaveLength(7);
    await writer.close();
  });

  it('plays, picture by picture, over the seam of two files', async () => {
    const seconds = 12;
    const args = ['-v', 'error', '-live_start_index', '0', '-i', `${console_.url}${path}`, '-map', '0:v:0'];
    const frames = [
      '-frames:v',
      `${seconds * FRAMES_PER_SECOND}`,
      '-fps_mode',
      'passthrough',
      '-f',
      'framemd5',
      'pipe:1',
    ];
    const { stdout } = await runToEnd('ffmpeg', [...args, ...frames]);
    const shown = stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(shown.map((line) => line.split(',').at(-1)?.trim())).toEqual(
      stream.pictures.slice(0, seconds * FRAMES_PER_SECOND),
    );
  }, 30_000);

  it.each([
    ['/api/cameras/cam_2/live.m3u8', 404, 'no_footage'],
    ['/api/cameras/cam_9/live.m3u8', 404, 'unknown_camera'],
    [`${path}?stream=sub`, 404, 'no_footage'],
    [`${path}?zero=now`, 400, 'invalid_payload'],
    [`${path}?zero=${ZERO + 3_600_000}`, 400, 'invalid_payload'],
    [`${path}?zero=${ZERO - 86_400_000}`, 400, 'too_long'],
  ])('%s: %d %s', async (asked, status, code) => {
    const answer = await console_.get(asked);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
  });
});
