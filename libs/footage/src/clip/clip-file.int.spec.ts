import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipPiece } from './clip-pieces';
import { planClip } from './clip-plan';
import { BoxSplitter, fragmentHeader, parseInitSegment, PRFT_BYTES, type InitSegment } from '@vr/mp4';
import { readRange } from '../read/range';
import { SegmentWriter } from '../write/segment-writer';
import { writeClip } from './clip-file';

const ZERO_MS = Date.UTC(2026, 10, 23, 12, 0, 0);
const FPS = 25;
const texts = { title: 'cam_1 person', artist: 'Entrada', comment: 'é uma visita' };

function ffmpeg(...args: string[]): Buffer {
  const { stdout, stderr, status } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', ...args], { maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

/** 20 s of picture and sound. Each second has a flash on its first frame and a beep of 100 ms. */
function stream(...video: string[]): Buffer {
  return ffmpeg(
    ...[
      '-f',
      'lavfi',
      '-i',
      `testsrc=s=320x180:r=${FPS}:d=20`,
      '-f',
      'lavfi',
      '-i',
      "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=8000:d=20",
    ],
    ...video,
    ...[
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-f',
      'mp4',
      '-movflags',
      '+frag_keyframe+empty_moov+default_base_moof',
      '-frag_duration',
      '1000000',
      'pipe:1',
    ],
  );
}

/** A hash of every picture that a player shows, in order. */
function pictures(path: string): string[] {
  return ffmpeg('-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', 'pipe:1')
    .toString()
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.slice(line.lastIndexOf(',') + 1).trim()]));
}

/** When each beep begins in the file, in seconds. */
function beeps(path: string): number[] {
  const { stderr } = spawnSync('ffmpeg', [
    '-nostdin',
    '-i',
    path,
    '-af',
    'silencedetect=noise=-30dB:d=0.3',
    '-f',
    'null',
    '-',
  ]);
  return [...stderr.toString().matchAll(/silence_end: (\S+)/g)].map((match) => Number(match[1]));
}

function probe(path: string): {
  format: { duration: string; tags: Record<string, string> };
  streams: { codec_name: string; codec_tag_string: string }[];
} {
  const { stdout, stderr } = spawnSync('ffprobe', [
    '-v',
    'warning',
    '-print_format',
    'json',
    '-show_format',
    '-show_streams',
    path,
  ]);
  expect(stderr.toString()).toBe('');
  return JSON.parse(stdout.toString()) as ReturnType<typeof probe>;
}

describe('writeClip', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clip-file-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Writes the stream as segments that begin at these seconds. */
  async function record(camera: string, bytes: Buffer, starts: number[]): Promise<void> {
    let init: InitSegment | undefined;
    let ftyp: Buffer = Buffer.alloc(0);
    let moof: Buffer = Buffer.alloc(0);
    let writer: SegmentWriter | undefined;
    const due = [...starts];
    for (const { type, bytes: box } of new BoxSplitter().push(bytes)) {
      if (type === 'ftyp') ftyp = box;
      else if (type === 'moov') init = parseInitSegment(Buffer.concat([ftyp, box]));
      else if (type === 'moof') moof = box;
      else if (type === 'mdat' && init) {
        const room = Buffer.alloc(PRFT_BYTES);
        room.writeUInt32BE(PRFT_BYTES, 0);
        room.write('prft', 4, 'latin1');
        const fragment = Buffer.concat([room, moof, box]);
        const tracks = fragmentHeader(fragment, init);
        const video = tracks.find(({ track }) => track.kind === 'video');
        if (!video) continue;
        const seconds = video.baseDecodeTime / video.track.timescale;
        if (due[0] !== undefined && seconds >= due[0] && video.startsWithKey) {
          due.shift();
          await writer?.close();
          writer = await SegmentWriter.open(folder, camera, init, ZERO_MS + Math.round(seconds * 1000));
        }
        await writer?.append({ bytes: fragment, tracks, video, offsetMs: ZERO_MS });
      }
    }
    await writer?.close();
  }

  describe.each([
    ['H.264, key frame every 2 s', 'cam_1', ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-bf', '0']],
    [
      'H.264 with reordered pictures, key frame every 5 s',
      'cam_2',
      ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '125', '-bf', '2'],
    ],
    [
      'H.265',
      'cam_3',
      [
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
        '-tag:v',
        'hvc1',
        '-x265-params',
        'log-level=none:keyint=50:min-keyint=50:bframes=0',
      ],
    ],
  ])('of %s', (_, camera, encoder) => {
    /** Every picture of the stream with its stamp, in the order in which they are shown. */
    let all: { picture: string; atMs: number }[];
    beforeAll(async () => {
      const bytes = stream(...encoder, '-sc_threshold', '0');
      await writeFile(join(folder, `${camera}.mp4`), bytes);
      await record(camera, bytes, [0, 5, 12]);
      const { pieces } = await readRange(folder, camera, ZERO_MS, ZERO_MS + 30_000);
      const { video } = await planClip(pieces.map(clipPiece), ZERO_MS, ZERO_MS + 30_000);
      const stamps = [...video.samples.shownMs].map((atMs) => atMs - ZERO_MS).sort((a, b) => a - b);
      all = pictures(join(folder, `${camera}.mp4`)).map((picture, i) => ({ picture, atMs: stamps[i] ?? NaN }));
      expect(all).toHaveLength(stamps.length);
    }, 60_000);

    it.each([
      [2000, 4000],
      [3130, 11_870],
      [4990, 5040],
      [0, 400],
      [16_900, 19_999],
    ])('shows exactly the frames of %d to %d ms, and sound with them', async (fromMs, toMs) => {
      const path = join(folder, `${camera}-${fromMs}.mp4`);
      const { pieces } = await readRange(folder, camera, ZERO_MS + fromMs, ZERO_MS + toMs);
      const clip = await writeClip(pieces, ZERO_MS + fromMs, ZERO_MS + toMs, path, texts);
      const wanted = all.filter(({ atMs }) => atMs >= fromMs - 0.5 && atMs < toMs - 0.5);
      expect(pictures(path)).toEqual(wanted.map(({ picture }) => picture));
      expect(clip.startMs).toBeCloseTo(ZERO_MS + (wanted[0]?.atMs ?? NaN), 0);
      expect(Number(probe(path).format.duration)).toBeCloseTo((clip.endMs - clip.startMs) / 1000, 1);
      const endSeconds = (clip.endMs - clip.startMs) / 1000;
      for (const second of beeps(path).filter((at) => at < endSeconds - 0.3)) {
        const atMs = clip.startMs - ZERO_MS + second * 1000;
        expect(
          Math.min(...all.filter((_, i) => i % FPS === 0).map((flash) => Math.abs(flash.atMs - atMs))),
        ).toBeLessThan(50);
      }
      const file = await readFile(path);
      expect({ sizeBytes: file.length, sha256: createHash('sha256').update(file).digest('hex') }).toEqual({
        sizeBytes: clip.sizeBytes,
        sha256: clip.sha256,
      });
    });

    it('is fast-start, tagged for every player, and says what it is', async () => {
      const path = join(folder, `${camera}-tags.mp4`);
      const { pieces } = await readRange(folder, camera, ZERO_MS + 3130, ZERO_MS + 9000);
      const clip = await writeClip(pieces, ZERO_MS + 3130, ZERO_MS + 9000, path, texts);
      const { format, streams } = probe(path);
      expect(streams.map(({ codec_name, codec_tag_string }) => [codec_name, codec_tag_string])).toEqual([
        [clip.codec, clip.codec === 'hevc' ? 'hvc1' : 'avc1'],
        ['aac', 'mp4a'],
      ]);
      expect(format.tags).toMatchObject({
        title: texts.title,
        artist: texts.artist,
        comment: texts.comment,
        date: new Date(clip.startMs).toISOString(),
        creation_time: '2026-11-23T12:00:03.000000Z',
      });
      const file = await readFile(path);
      expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
    });

    it('has the same bytes however often it is written', async () => {
      const { pieces } = await readRange(folder, camera, ZERO_MS + 1000, ZERO_MS + 15_000);
      const [one, two] = await Promise.all(
        [1, 2].map((n) =>
          writeClip(pieces, ZERO_MS + 1000, ZERO_MS + 15_000, join(folder, `${camera}-same-${n}.mp4`), texts),
        ),
      );
      expect(one).toEqual(two);
    });
  });

  it('ends when told to', async () => {
    const { pieces } = await readRange(folder, 'cam_1', ZERO_MS, ZERO_MS + 5000);
    await expect(
      writeClip(
        pieces,
        ZERO_MS,
        ZERO_MS + 5000,
        join(folder, 'never.mp4'),
        texts,
        AbortSignal.abort(new Error('taken away')),
      ),
    ).rejects.toThrow('taken away');
  });
});
