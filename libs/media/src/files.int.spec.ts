import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeClip } from './encode-clip';
import { ffmpegVersion, pictureTimes } from './features';
import { run, runFfmpeg } from './ffmpeg';
import { jpegSize } from './jpeg-size';
import { jpegFromStream } from './jpeg-stream';

const deadlineMs = 120_000;
let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-'));
  // Every second another grey, so that a picture tells its second.
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
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The mean luma of a file's first picture, as it is coded. */
async function grey(path: string): Promise<number> {
  const { stdout } = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `movie=${path},signalstats`,
      '-show_entries',
      'frame_tags=lavfi.signalstats.YAVG',
      '-of',
      'csv=p=0',
    ],
    { deadlineMs },
  );
  return Number.parseFloat(stdout);
}
/** How many pictures a player shows. */
async function frames(path: string): Promise<number> {
  const { stdout } = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-count_frames',
      '-show_entries',
      'stream=nb_read_frames',
      '-of',
      'csv=p=0',
      path,
    ],
    { deadlineMs },
  );
  return Number.parseInt(stdout);
}
/** What a limited-range luma becomes in full range. */
const full = (luma: number) => ((luma - 16) * 255) / 219;

describe('encodeClip', () => {
  const metadata = { title: 'Entrada' };
  let shown: { path: string; offsetMs: number }[] = [];
  /**
   * Pictures that move and make noise, so that there is something to save bits on; shown from 1.52 s on, by an edit
   * list.
   */
  beforeAll(async () => {
    const noise = 'testsrc2=s=640x360:r=25:d=8,noise=alls=40:allf=t';
    await runFfmpeg(
      [
        '-f',
        'lavfi',
        '-i',
        noise,
        '-f',
        'lavfi',
        '-i',
        'sine=r=8000:d=8',
        '-c:v',
        'libx265',
        '-x265-params',
        'log-level=error:keyint=50:bframes=0',
        '-preset',
        'ultrafast',
        '-crf',
        '24',
        '-c:a',
        'aac',
        '-y',
        at('noise.mp4'),
      ],
      { deadlineMs },
    );
    await runFfmpeg(
      ['-ss', '1.52', '-i', at('noise.mp4'), '-t', '4', '-c', 'copy', '-tag:v', 'hvc1', '-y', at('shown.mp4')],
      { deadlineMs },
    );
    shown = [{ path: at('shown.mp4'), offsetMs: 0 }];
  }, 240_000);

  it('gives H.264 and AAC that begins with the shown frame, fast-start, without an edit list', async () => {
    const facts = await encodeClip({ sources: shown, targetPath: at('encoded.mp4'), metadata });
    expect(facts).toMatchObject({ codec: 'h264', audioCodec: 'aac', width: 640, height: 360, startMs: 0 });
    expect(Math.abs(facts.durationMs - 4000)).toBeLessThan(200);
    expect(await frames(at('encoded.mp4'))).toBe(await frames(at('shown.mp4')));
    const file = (await readFile(at('encoded.mp4'))).toString('latin1');
    expect(file).toContain('Entrada');
    expect(file).not.toContain('elst');
    expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
  }, 240_000);

  it.each([1_000_000, 150_000, 70_000])(
    'stays below %d bytes, with fewer lines where bits are few',
    async (maxBytes) => {
      const facts = await encodeClip({ sources: shown, targetPath: at('small.mp4'), metadata, maxBytes });
      expect((await stat(at('small.mp4'))).size).toBeLessThanOrEqual(maxBytes);
      expect(facts.height).toBeLessThanOrEqual(360);
      expect(Math.abs(facts.durationMs - 4000)).toBeLessThan(200);
    },
    240_000,
  );

  it('gives the smallest that it has where the limit cannot be kept', async () => {
    const facts = await encodeClip({ sources: shown, targetPath: at('least.mp4'), metadata, maxBytes: 1000 });
    expect(facts.height).toBe(240);
    expect((await stat(at('least.mp4'))).size).toBeGreaterThan(1000);
  }, 240_000);

  it('joins what has nothing in common: each picture at its instant, in one shape, and sound where there is any', async () => {
    const beeps = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=8000:d=3";
    // White, 16:9 and H.264 with sound; then white, 4:3 and H.265 without. The first goes on behind the second: it has
    // a hole there.
    await runFfmpeg(
      [
        '-f',
        'lavfi',
        '-i',
        "color=white:s=640x360:r=25:d=5,select='lt(t,2)+gte(t,4)'",
        '-f',
        'lavfi',
        '-i',
        beeps,
        '-c:v',
        'libx264',
        '-c:a',
        'aac',
        ...pictureTimes('passthrough', await ffmpegVersion()),
        '-y',
        at('wide.mp4'),
      ],
      { deadlineMs },
    );
    await runFfmpeg(
      [
        '-f',
        'lavfi',
        '-i',
        'color=white:s=320x240:r=10:d=1.5',
        '-c:v',
        'libx265',
        '-x265-params',
        'log-level=error',
        '-y',
        at('narrow.mp4'),
      ],
      { deadlineMs },
    );
    const sources = [
      { path: at('wide.mp4'), offsetMs: 0 },
      { path: at('narrow.mp4'), offsetMs: 2030 },
    ];
    const facts = await encodeClip({
      sources,
      targetPath: at('joined.mp4'),
      metadata,
      size: { width: 640, height: 360 },
    });
    expect(facts).toMatchObject({ codec: 'h264', audioCodec: 'aac', width: 640, height: 360, startMs: 0 });
    const { stdout } = await run(
      'ffprobe',
      ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', at('joined.mp4')],
      { deadlineMs },
    );
    const [wide, narrow] = [
      [...Array(50).keys(), ...Array.from({ length: 25 }, (_, i) => 100 + i)].map((n) => n / 25),
      Array.from({ length: 15 }, (_, i) => 2.03 + i / 10),
    ];
    const wanted = [...wide, ...narrow].sort((a, b) => a - b);
    const stamps = stdout.trim().split('\n').map(Number.parseFloat);
    expect(stamps).toHaveLength(wanted.length);
    stamps.forEach((stamp, i) => expect(Math.abs(stamp - (wanted[i] ?? NaN))).toBeLessThan(0.001));
    const luma = async (seconds: number, crop: string): Promise<number> => {
      const { stdout: text } = await run(
        'ffprobe',
        [
          '-v',
          'error',
          '-f',
          'lavfi',
          '-i',
          `movie=${at('joined.mp4')},select='gte(t,${seconds})',crop=${crop},signalstats`,
          '-read_intervals',
          '%+#1',
          '-show_entries',
          'frame_tags=lavfi.signalstats.YAVG',
          '-of',
          'csv=p=0',
        ],
        { deadlineMs },
      );
      return Number.parseFloat(text);
    };
    // 4:3 in 16:9: 480 of 640 pixels, and black on both sides.
    const [left, middle, right] = ['70:360:0:0', '460:340:90:10', '70:360:570:0'] as const;
    for (const side of [left, right]) expect(await luma(2.5, side)).toBeLessThan(20);
    for (const [seconds, crop] of [
      [2.5, middle],
      [0, left],
      [4.5, right],
    ] as const)
      expect([seconds, (await luma(seconds, crop)) > 200]).toEqual([seconds, true]);
    const { stderr } = await runFfmpeg(
      ['-loglevel', 'info', '-i', at('joined.mp4'), '-af', 'silencedetect=noise=-30dB:d=0.3', '-f', 'null', '-'],
      { deadlineMs },
    );
    const heard = [...stderr.matchAll(/silence_end: (\S+)/g)]
      .map((match) => Number(match[1]))
      .filter((seconds) => seconds < 2.9);
    expect(heard.map((seconds) => Math.round(seconds * 100) / 100)).toEqual([1, 2]);
  }, 240_000);

  it('stops when cancelled', async () => {
    await expect(
      encodeClip({
        sources: [{ path: at('h264.mp4'), offsetMs: 0 }],
        targetPath: at('no.mp4'),
        metadata,
        signal: AbortSignal.abort(),
      }),
    ).rejects.toMatchObject({ fault: 'cancelled' });
  });
});

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
  /** As it is in the file: sound that begins before the pictures moves them. */
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

  /** Its first picture, of a file made by these arguments. */
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
      expect(Math.abs((await grey(at('one.mp4'))) - 0x30)).toBeLessThan(3);
      expect(Math.abs((await grey(at('one.jpg'))) - 0x30)).toBeLessThan(3);
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
      expect(Math.abs((await grey(at('one.jpg'))) - 76)).toBeLessThan(3);
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
    expect(Math.abs((await grey(at('f.jpg'))) - full(16 + second * 20))).toBeLessThan(4);
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

describe('runFfmpeg', () => {
  it('ends a program that is late', async () => {
    const endless = ['-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'];
    await expect(runFfmpeg(endless, { deadlineMs: 300 })).rejects.toMatchObject({ fault: 'late' });
  });
});
