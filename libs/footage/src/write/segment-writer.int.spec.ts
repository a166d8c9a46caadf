import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoxSplitter, fragmentHeader, parseInitSegment, PRFT_BYTES, type InitSegment } from '@vr/mp4';
import { listSegments } from '../files/catalogue';
import { appendGap } from '../files/gaps';
import { newestFragment, readRange } from '../read/range';
import { readSegmentIndex } from '../read/segment-index';
import { recoverSegments } from './recovery';
import { SegmentWriter } from './segment-writer';

const START_MS = Date.UTC(2026, 10, 23, 23, 59, 50, 0);

/** What a recorder gets from ffmpeg: 20 s of real H.264 at 25 fps, a key frame every 2 s, fragments of 1 s. */
function recordedStream(): Buffer {
  const { stdout, stderr, status } = spawnSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=320x180:r=25:d=20',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '50',
      '-keyint_min',
      '50',
      '-bf',
      '0',
      '-pix_fmt',
      'yuv420p',
      '-f',
      'mp4',
      '-movflags',
      '+frag_keyframe+empty_moov+default_base_moof',
      '-frag_duration',
      '1000000',
      'pipe:1',
    ],
    { maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

function probeFrames(path: string): { count: number; errors: string } {
  const { stdout, stderr } = spawnSync('ffprobe', [
    '-v',
    'warning',
    '-count_packets',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=nb_read_packets',
    '-of',
    'csv=p=0',
    path,
  ]);
  return { count: Number(stdout.toString().trim()), errors: stderr.toString() };
}

describe('footage on disk', () => {
  let folder: string;
  let stream: Buffer;

  beforeAll(() => {
    stream = recordedStream();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'footage-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Writes the stream as segments of `segmentSeconds`. It leaves the last one open where that is asked for. */
  async function record(o: { segmentSeconds: number; leaveOpen?: boolean; from?: number }): Promise<void> {
    let init: InitSegment | undefined;
    let ftyp: Buffer = Buffer.alloc(0);
    let moof: Buffer = Buffer.alloc(0);
    let writer: SegmentWriter | undefined;
    const from = o.from ?? START_MS;
    for (let at = 0; at < stream.length; at += 5000) {
      for (const { type, bytes } of splitter.push(stream.subarray(at, at + 5000))) {
        if (type === 'ftyp') ftyp = bytes;
        if (type === 'moov') init = parseInitSegment(Buffer.concat([ftyp, bytes]));
        if (type === 'moof') moof = bytes;
        if (type !== 'mdat' || !init) continue;
        const prft = Buffer.alloc(PRFT_BYTES);
        prft.writeUInt32BE(PRFT_BYTES, 0);
        prft.write('prft', 4);
        const fragment = Buffer.concat([prft, moof, bytes]);
        const tracks = fragmentHeader(fragment, init);
        const video = tracks[0];
        if (!video) throw new Error('no video');
        const startMs = from + (video.baseDecodeTime / video.track.timescale) * 1000;
        if (writer && video.startsWithKey && startMs - writer.startMs >= o.segmentSeconds * 1000) {
          await writer.close();
          writer = undefined;
        }
        writer ??= await SegmentWriter.open(folder, 'cam', init, Math.floor(startMs));
        await writer.append({ bytes: fragment, tracks, video, offsetMs: from });
      }
    }
    if (o.leaveOpen) await writer?.abandon();
    else await writer?.close();
  }
  let splitter = new BoxSplitter();
  beforeEach(() => {
    splitter = new BoxSplitter();
  });

  it('tells from names alone what exists, over midnight', async () => {
    await record({ segmentSeconds: 5 });
    const segments = await listSegments(folder, 'cam');
    expect(segments.map(({ startMs, endMs }) => [startMs - START_MS, (endMs ?? 0) - START_MS])).toEqual([
      [0, 6000],
      [6000, 12000],
      [12000, 18000],
      [18000, 20000],
    ]);
    expect(segments.map(({ path }) => path.split('/').at(-2))).toEqual([
      '2026-11-23',
      '2026-11-23',
      '2026-11-24',
      '2026-11-24',
    ]);
    expect(await listSegments(folder, 'cam', START_MS + 6000, START_MS + 12000)).toHaveLength(1);
  });

  it('gives files that ffprobe reads without a word, closed and open', async () => {
    await record({ segmentSeconds: 5, leaveOpen: true });
    const counts = (await listSegments(folder, 'cam')).map(({ path }) => probeFrames(path));
    expect(counts).toEqual([150, 150, 150, 50].map((count) => ({ count, errors: '' })));
  });

  it('indexes every fragment with its instant, its place and whether it begins with a key frame', async () => {
    await record({ segmentSeconds: 60 });
    const segment = (await listSegments(folder, 'cam'))[0];
    if (!segment) throw new Error('no segment');
    const { fragments, video } = await readSegmentIndex(segment);
    expect(video).toEqual({ codec: 'h264', width: 320, height: 180, timescale: expect.any(Number) as number });
    expect(fragments.map(({ startMs }) => startMs - START_MS)).toEqual(Array.from({ length: 20 }, (_, i) => i * 1000));
    expect(fragments.filter(({ key }) => key)).toHaveLength(10);
    const bytes = await readFile(segment.path);
    for (const { offset } of fragments) expect(bytes.toString('latin1', offset + 4, offset + 8)).toBe('prft');
  });

  it('answers a range exactly: from the key frame before it, across files, with its gaps and why', async () => {
    await record({ segmentSeconds: 5 });
    await appendGap(folder, 'cam', { startMs: START_MS + 20_000, endMs: START_MS + 29_000, reason: 'camera_stalled' });
    await record({ segmentSeconds: 5, from: START_MS + 29_000 });
    const range = await readRange(folder, 'cam', START_MS + 7_500, START_MS + 31_000);
    expect(range.pieces.map(({ startMs, endMs }) => [startMs - START_MS, endMs - START_MS])).toEqual([
      [6000, 12000],
      [12000, 18000],
      [18000, 20000],
      [29000, 31000],
    ]);
    expect(range.gaps).toEqual([{ startMs: START_MS + 20_000, endMs: START_MS + 29_000, reason: 'camera_stalled' }]);
  });

  it('says of a range without footage that all of it is missing', async () => {
    const range = await readRange(folder, 'cam', START_MS, START_MS + 1000);
    expect(range).toMatchObject({
      pieces: [],
      gaps: [{ startMs: START_MS, endMs: START_MS + 1000, reason: 'unknown' }],
    });
  });

  it('finishes an open file with a torn tail, at whatever byte it was torn', async () => {
    await record({ segmentSeconds: 60, leaveOpen: true });
    const open = (await listSegments(folder, 'cam'))[0];
    if (!open) throw new Error('no segment');
    const whole = join(folder, '.whole');
    await cp(open.path, whole);
    const { fragments } = await readSegmentIndex(open);
    const last = fragments.at(-1);
    if (!last) throw new Error('no fragment');
    for (const torn of [
      last.offset,
      last.offset + 5,
      last.offset + PRFT_BYTES + 3,
      last.offset + 200,
      last.offset + last.sizeBytes - 1,
    ]) {
      await rm(join(folder, 'cam'), { recursive: true });
      await mkdir(join(open.path, '..'), { recursive: true });
      await cp(whole, open.path);
      await truncate(open.path, torn);
      const [recovered] = await recoverSegments(folder);
      expect(recovered).toMatchObject({ outcome: 'finished', cutBytes: torn - last.offset, endMs: START_MS + 19_000 });
      expect(probeFrames(recovered?.path ?? '')).toEqual({ count: 475, errors: '' });
    }
  });

  it('cuts zeros that a power cut left behind the last fragment', async () => {
    await record({ segmentSeconds: 60, leaveOpen: true });
    const open = (await listSegments(folder, 'cam'))[0];
    await appendFile(open?.path ?? '', Buffer.alloc(100_000));
    const [recovered] = await recoverSegments(folder);
    expect(recovered).toMatchObject({ outcome: 'finished', cutBytes: 100_000, endMs: START_MS + 20_000 });
  });

  it('puts a file without a whole fragment aside and deletes nothing', async () => {
    const path = join(folder, 'cam', '2026-11-23', 'cam_20261123_235950.000Z.part.mp4');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'not an mp4');
    const [recovered] = await recoverSegments(folder);
    expect(recovered?.outcome).toBe('quarantined');
    expect((await stat(join(folder, '.quarantine', 'cam_20261123_235950.000Z.part.mp4'))).size).toBe(10);
  });

  it('finds the newest pictures, from their key frame', async () => {
    await record({ segmentSeconds: 5, leaveOpen: true });
    const newest = await newestFragment(folder, 'cam');
    expect(newest?.piece).toMatchObject({ startMs: START_MS + 18_000, endMs: START_MS + 20_000 });
  });

  it('moves the start of a young segment by its name', async () => {
    await record({ segmentSeconds: 60, leaveOpen: true });
    const range = await readRange(folder, 'cam', START_MS, START_MS + 20_000);
    const init = range.pieces[0]?.index.init;
    if (!init) throw new Error('no init');
    const writer = await SegmentWriter.open(folder, 'other', init, START_MS);
    await writer.moveStart(START_MS - 700);
    await writer.abandon();
    expect((await listSegments(folder, 'other')).map(({ startMs }) => startMs)).toEqual([START_MS - 700]);
  });
});
