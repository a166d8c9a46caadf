import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { encodeClip } from './encode-clip';
import { ffmpegVersion, pictureTimes } from './features';
import { run, runFfmpeg } from './ffmpeg';

const deadlineMs = 120_000;
let folder: TemporaryFolder;
const at = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder('encode-clip');
});
afterAll(() => folder.remove());

/** Counts the pictures that a player shows. */
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

describe('encodeClip', () => {
  const metadata = { title: 'Entrada' };
  let shown: { path: string; offsetMs: number }[] = [];
  /**
   * These pictures move and hold noise, so that the encoder can save bits. An edit list shows them from 1.52 s on.
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

  it('joins files with nothing in common: pictures at their instants, in one shape, and any sound', async () => {
    const beeps = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=8000:d=3";
    // The first file is white, 16:9 and H.264 with sound. The second is white, 4:3 and H.265 without. The first goes on
    // behind the second, because it has a hole there.
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
    // 4:3 in 16:9 fills 480 of 640 pixels, with black on both sides.
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
        sources: shown,
        targetPath: at('no.mp4'),
        metadata,
        signal: AbortSignal.abort(),
      }),
    ).rejects.toMatchObject({ fault: 'cancelled' });
  });
});
