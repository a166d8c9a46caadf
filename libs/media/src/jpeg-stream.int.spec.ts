import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lumaOfJpeg } from '@vr/recorded';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { run, runFfmpeg } from './ffmpeg';
import { jpegSize } from './jpeg-size';
import { jpegFromStream } from './jpeg-stream';

const deadlineMs = 120_000;
let folder: TemporaryFolder;
const at = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder('jpeg-stream');
  // Every second has another grey, so that a picture tells its second.
  const greys = 'geq=lum=16+floor(T)*20:cb=128:cr=128';
  await runFfmpeg(
    [
      '-f',
      'lavfi',
      '-i',
      `color=s=320x180:r=25:d=6,format=yuv420p,${greys}`,
      '-c:v',
      'libx264',
      '-g',
      '50',
      '-preset',
      'ultrafast',
      '-qp',
      '5',
      '-y',
      at('h264.mp4'),
    ],
    { deadlineMs },
  );
  await runFfmpeg(
    [
      '-i',
      at('h264.mp4'),
      '-c:v',
      'libx265',
      '-x265-params',
      'log-level=error:keyint=50',
      '-preset',
      'ultrafast',
      '-crf',
      '10',
      '-y',
      at('hevc.mp4'),
    ],
    { deadlineMs },
  );
}, 240_000);
afterAll(() => folder.remove());

/** Converts a limited-range luma to full range. */
const full = (luma: number) => ((luma - 16) * 255) / 219;

describe('jpegFromStream', () => {
  const fragmented = (codec: string, name: string) =>
    runFfmpeg(
      [
        '-i',
        at(`${codec}.mp4`),
        '-f',
        'lavfi',
        '-i',
        'sine=r=8000:d=6',
        '-c:v',
        'copy',
        '-c:a',
        'aac',
        '-movflags',
        '+frag_keyframe+empty_moov+default_base_moof',
        '-frag_duration',
        '1000000',
        '-y',
        at(name),
      ],
      { deadlineMs },
    );
  /** Gives a frame's time as the file has it, because sound that begins before the pictures moves them. */
  const secondsOfFrame = async (name: string, frame: number) => {
    const { stdout } = await run(
      'ffprobe',
      [
        '-v',
        'error',
        '-ignore_editlist',
        '1',
        '-select_streams',
        'v:0',
        '-show_entries',
        'packet=pts_time',
        '-of',
        'csv=p=0',
        at(name),
      ],
      { deadlineMs },
    );
    return (
      stdout
        .trim()
        .split('\n')
        .map(Number)
        .sort((a, b) => a - b)[frame] ?? NaN
    );
  };

  /** Makes a file with these arguments, and takes its first picture. */
  const first = async (args: string[], options: { widthPx?: number } = {}) => {
    await runFfmpeg(
      [...args, '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-y', at('one.mp4')],
      { deadlineMs },
    );
    const { jpeg } = await jpegFromStream({ source: createReadStream(at('one.mp4')), mediaSeconds: 0, ...options });
    await writeFile(at('one.jpg'), jpeg);
    return jpeg;
  };

  it('is made small where that is wanted, never large, and of fewer bytes where told', async () => {
    await fragmented('h264', 's.mp4');
    const mediaSeconds = await secondsOfFrame('s.mp4', 74);
    const small = (widthPx: number, quality = 85) =>
      jpegFromStream({ source: createReadStream(at('s.mp4')), mediaSeconds, widthPx, quality });
    expect(await small(160)).toMatchObject({ width: 160, height: 90 });
    expect(await small(640)).toMatchObject({ width: 320, height: 180 });
    expect((await small(320, 30)).jpeg.length).toBeLessThanOrEqual((await small(320, 95)).jpeg.length);
  });

  it.each([undefined, 64])(
    'is baseline JPEG (SOF0), and leaves a full-range camera as it is (width %s)',
    async (widthPx) => {
      const jpeg = await first(
        [
          '-f',
          'lavfi',
          '-i',
          'color=s=64x64:r=5:d=1:c=0x303030',
          '-c:v',
          'libx264',
          '-qp',
          '5',
          '-pix_fmt',
          'yuvj420p',
        ],
        { widthPx },
      );
      expect(jpeg.includes(Buffer.from([0xff, 0xc0, 0x00, 0x11]))).toBe(true);
      expect(Math.abs((await lumaOfJpeg(at('one.mp4'))) - 0x30)).toBeLessThan(3);
      expect(Math.abs((await lumaOfJpeg(at('one.jpg'))) - 0x30)).toBeLessThan(3);
    },
  );

  it.each([undefined, 64])(
    'turns the colours of HD cameras (BT.709) into those of JFIF (BT.601) (width %s)',
    async (widthPx) => {
      const red = 'color=red:s=64x64:r=5:d=1,format=rgb24,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p';
      await first(
        ['-f', 'lavfi', '-i', red, '-c:v', 'libx264', '-qp', '2', '-colorspace', 'bt709', '-color_range', 'tv'],
        { widthPx },
      );
      // Red is Y 76 in BT.601, 54 in BT.709 (both full range).
      expect(Math.abs((await lumaOfJpeg(at('one.jpg'))) - 76)).toBeLessThan(3);
    },
  );

  it('does not decode what claims to be larger than any camera', async () => {
    const wide = (height: number): string[] => [
      '-f',
      'lavfi',
      '-i',
      `color=s=8000x${height}:r=1:d=1,format=yuvj420p`,
      '-c:v',
      'mjpeg',
    ];
    await expect(first(wide(8002), { widthPx: 64 })).rejects.toMatchObject({ fault: 'failed' });
    expect(jpegSize(await first(wide(4000), { widthPx: 64 }))).toEqual({ width: 64, height: 32 });
  });

  it.each([
    ['h264', 0, 0],
    ['h264', 74, 2],
    ['h264', 75, 3],
    ['h264', 149, 5],
    ['hevc', 74, 2],
    ['hevc', 75, 3],
  ])('%s, frame %d: that very frame, whole and in full range', async (codec, frame, second) => {
    await fragmented(codec, 'f.mp4');
    const mediaSeconds = await secondsOfFrame('f.mp4', frame);
    const { jpeg, width, height } = await jpegFromStream({ source: createReadStream(at('f.mp4')), mediaSeconds });
    expect([width, height]).toEqual([320, 180]);
    await writeFile(at('f.jpg'), jpeg);
    expect(Math.abs((await lumaOfJpeg(at('f.jpg'))) - full(16 + second * 20))).toBeLessThan(4);
  });

  it('fails with the reason of its source, or with what ffmpeg says', async () => {
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield await readFile(at('h264.mp4')).then((bytes) => bytes.subarray(0, 100));
      throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    };
    await expect(jpegFromStream({ source: broken(), mediaSeconds: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
    await fragmented('h264', 'f.mp4');
    await expect(jpegFromStream({ source: createReadStream(at('f.mp4')), mediaSeconds: 60 })).rejects.toMatchObject({
      fault: 'failed',
    });
    await expect(
      jpegFromStream({ source: createReadStream(at('f.mp4')), mediaSeconds: 1, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ fault: 'cancelled' });
  });
});
