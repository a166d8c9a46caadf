// A range as one file: which pictures of the footage it shows, and when.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendGap, listSegments } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { runToEnd } from '@vr/testing';
import { ConsoleApp } from '../testing/console-app';

const START_MS = Date.UTC(2026, 10, 23, 2, 15);
const FPS = 25;
const FRAME_MS = 1000 / FPS;
const HOLE_MS = 60_000;
/**
 * How much later all pictures are in ffmpeg's own MP4: two frames where they are reordered, an AAC frame with sound.
 */
const REORDER_MS = 2 * FRAME_MS;
const SOUND_MS = (1024 / 16_000) * 1000;
const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '50', '-sc_threshold', '0'];

interface Shown {
  picture: string;
  /** The time from the file's beginning. */
  atMs: number;
}

/** What a player shows of a file, and when. */
async function shownOf(path: string): Promise<Shown[]> {
  const asItIs = ['-fps_mode', 'passthrough', '-enc_time_base', '1:1000', '-f', 'framemd5', 'pipe:1'];
  const { stdout } = await runToEnd('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v:0', ...asItIs]);
  const lines = stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const fields = line.split(',').map((field) => field.trim());
    return { picture: fields[5] ?? '', atMs: Number(fields[2]) };
  });
}

/** The place in our `mfra` that says where the second key frame's fragment lies. */
const SECOND_KEY_OFFSET = 32 + 19 + 8;

/** Of a camera's first segment. */
async function changeIndex(dir: string, camera: string, change: (mfra: Buffer) => Buffer): Promise<void> {
  const [first] = await listSegments(dir, camera);
  if (!first) throw new Error(`no footage of ${camera}`);
  const bytes = await readFile(first.path);
  const at = bytes.length - bytes.readUInt32BE(bytes.length - 4);
  await writeFile(first.path, Buffer.concat([bytes.subarray(0, at), change(bytes.subarray(at))]));
}

describe('GET /api/cameras/ID/clip.mp4', () => {
  let console_: ConsoleApp;
  let plain: TestStream;
  let sound: TestStream;
  let reordered: TestStream;

  beforeAll(async () => {
    const cameras = ['seams', 'holes', 'sound', 'reordered', 'changed', 'none', 'unindexed', 'misled', 'set_back'];
    console_ = await ConsoleApp.start({ cameras });
    const dir = console_.recordingsDir;
    const test = (size: string, seconds: number): string[] => [
      '-f',
      'lavfi',
      '-i',
      `testsrc=size=${size}:rate=${FPS}:duration=${seconds}`,
    ];
    const sine = ['-f', 'lavfi', '-i', 'sine=sample_rate=16000', '-c:a', 'aac', '-t', '8'];
    plain = await TestStream.from([...test('320x180', 16), ...encoder, '-bf', '0']);
    sound = await TestStream.from([...test('320x180', 8), ...sine, ...encoder, '-bf', '0']);
    reordered = await TestStream.from([...test('320x180', 8), ...encoder, '-bf', '2']);
    const large = await TestStream.from([...test('640x360', 10), ...encoder, '-bf', '0']);
    for (let from = 0; from < 16; from += 2) await plain.record(dir, 'seams', START_MS, from, from + 2);
    for (const from of [0, 4]) await sound.record(dir, 'sound', START_MS, from, from + 4);
    for (const from of [0, 4]) await reordered.record(dir, 'reordered', START_MS, from, from + 4);
    // The footage is 6 s in three segments, a hole of a minute, and 6 s more.
    for (const from of [0, 2, 4]) await plain.record(dir, 'holes', START_MS, from, from + 2);
    const hole = { startMs: START_MS + 6000, endMs: START_MS + 6000 + HOLE_MS, reason: 'camera_disconnected' } as const;
    await appendGap(dir, 'holes', hole);
    for (const from of [6, 8, 10]) await plain.record(dir, 'holes', START_MS + HOLE_MS, from, from + 2);
    // A kill left one index out, another index leads astray, and a clock was set back by 2 s.
    for (const camera of ['unindexed', 'misled']) {
      for (const at of [0, 4]) await plain.record(dir, camera, START_MS, at, at + 4);
    }
    await changeIndex(dir, 'unindexed', () => Buffer.alloc(0));
    await changeIndex(dir, 'misled', (mfra) => {
      const offset = mfra.readBigUInt64BE(SECOND_KEY_OFFSET);
      mfra.writeBigUInt64BE(offset + 7n, SECOND_KEY_OFFSET);
      return mfra;
    });
    await plain.record(dir, 'set_back', START_MS, 0, 6);
    await plain.record(dir, 'set_back', START_MS - 2000, 6, 8);
    await plain.record(dir, 'changed', START_MS, 0, 6);
    await large.record(dir, 'changed', START_MS, 6, 8);
    await plain.record(dir, 'changed', START_MS, 8, 10);
  });
  afterAll(() => console_.stop());

  const path = (camera: string, fromMs: number, toMs: number): string =>
    `/api/cameras/${camera}/clip.mp4?start=${(START_MS + fromMs) / 1000}&end=${(START_MS + toMs) / 1000}`;

  async function clipOf(camera: string, fromMs: number, toMs: number): Promise<{ file: string; headers: Headers }> {
    const response = await console_.get(path(camera, fromMs, toMs));
    expect(response.status).toBe(200);
    const file = join(console_.folder.path, `${camera}-${fromMs}.mp4`);
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    return { file, headers: response.headers };
  }

  /**
   * The stream's pictures of a range, with their places in the clip. `atMs` is where a picture stands in the footage.
   */
  function wanted(
    stream: TestStream,
    fromMs: number,
    toMs: number,
    atMs = (i: number): number => i * FRAME_MS,
  ): Shown[] {
    const all = stream.pictures.map((picture, i) => ({ picture, atMs: atMs(i) }));
    const within = all.filter((shown) => shown.atMs >= fromMs && shown.atMs < toMs);
    return within.map((shown) => ({ ...shown, atMs: shown.atMs - (within[0]?.atMs ?? NaN) }));
  }

  async function expectToShow(file: string, pictures: readonly Shown[]): Promise<void> {
    const shown = await shownOf(file);
    expect(shown.map(({ picture }) => picture)).toEqual(pictures.map(({ picture }) => picture));
    const late = shown.filter(({ atMs }, i) => Math.abs(atMs - (pictures[i]?.atMs ?? NaN)) > 1.5);
    expect(late).toEqual([]);
  }

  it.each([
    ['over seven seams', 0, 16_000],
    ['from and to the midst of a segment', 1130, 13_370],
    ['within one GOP', 2700, 3100],
    ['of one picture', 2710, 2730],
  ])('shows every picture at its time, from the wanted one on: %s', async (_, fromMs, toMs) => {
    const { file, headers } = await clipOf('seams', fromMs, toMs);
    const pictures = wanted(plain, fromMs, toMs);
    await expectToShow(file, pictures);
    const firstMs = START_MS + Math.ceil(fromMs / FRAME_MS) * FRAME_MS;
    expect(Math.abs(Number(headers.get('x-start')) * 1000 - firstMs)).toBeLessThan(2);
    expect(Number(headers.get('x-end')) * 1000 - firstMs).toBeCloseTo(pictures.length * FRAME_MS, -1);
    expect([headers.get('x-partial'), headers.get('x-gaps')]).toEqual(['false', '[]']);
    expect(headers.get('content-type')).toBe('video/mp4');
  });

  it('has the sound, as long as the pictures', async () => {
    const { file } = await clipOf('sound', 1130, 7370);
    await expectToShow(
      file,
      wanted(sound, 1130, 7370, (i) => i * FRAME_MS + SOUND_MS),
    );
    const entries = ['-show_entries', 'stream=codec_name,duration', '-of', 'csv=p=0'];
    const { stdout, stderr } = await runToEnd('ffprobe', ['-v', 'warning', ...entries, file]);
    expect(stderr).toBe('');
    const [video, audio] = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect([video?.[0], audio?.[0]]).toEqual(['h264', 'aac']);
    const heard = await runToEnd('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-f', 's16le', 'pipe:1']);
    expect(Math.abs(heard.stdout.length / 2 / 16_000 - 6.24)).toBeLessThan(0.1);
  });

  it('shows reordered pictures over a seam', async () => {
    const { file } = await clipOf('reordered', 1130, 7000);
    await expectToShow(
      file,
      wanted(reordered, 1130, 7000, (i) => i * FRAME_MS + REORDER_MS),
    );
  });

  it('is served whole over a hole, which it tells of in its headers and in itself', async () => {
    const { file, headers } = await clipOf('holes', 1000, 70_000);
    const atMs = (i: number): number => i * FRAME_MS + (i * FRAME_MS < 6000 ? 0 : HOLE_MS);
    await expectToShow(file, wanted(plain, 1000, 70_000, atMs));
    const gaps = JSON.parse(headers.get('x-gaps') ?? '') as { start: number; end: number; reason: string }[];
    expect(gaps.map(({ reason }) => reason)).toEqual(['camera_disconnected']);
    expect(gaps[0]?.start).toBeCloseTo((START_MS + 6000) / 1000, 1);
    expect(gaps[0]?.end).toBeCloseTo((START_MS + 66_000) / 1000, 1);
    expect(headers.get('x-partial')).toBe('true');
    const { stdout } = await runToEnd('ffprobe', ['-v', 'error', '-show_entries', 'format_tags=comment', file]);
    expect(stdout.toString()).toContain('gaps: 2026-11-23T02:15:06.0');
  });

  it('tells of what is missing before and behind', async () => {
    const { headers } = await clipOf('holes', -5000, 80_000);
    const gaps = JSON.parse(headers.get('x-gaps') ?? '') as { start: number; end: number }[];
    expect(gaps.map(({ start, end }) => [start - START_MS / 1000, end - START_MS / 1000].map(Math.round))).toEqual([
      [-5, 0],
      [6, 66],
      [72, 80],
    ]);
  });

  it('has the size of which there is most, and calls the rest a gap', async () => {
    const { file, headers } = await clipOf('changed', 0, 10_000);
    const width = ['-show_entries', 'stream=width', '-of', 'csv=p=0'];
    const { stdout } = await runToEnd('ffprobe', ['-v', 'error', ...width, file]);
    expect(stdout.toString().trim()).toBe('320');
    expect(await shownOf(file)).toHaveLength(8 * FPS);
    const gaps = JSON.parse(headers.get('x-gaps') ?? '') as unknown;
    expect(gaps).toEqual([{ start: START_MS / 1000 + 6, end: START_MS / 1000 + 8, reason: 'stream_changed' }]);
  });

  it('counts for that only what lies in the range', async () => {
    const { file, headers } = await clipOf('changed', 5400, 6900);
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=width',
      '-of',
      'csv=p=0',
      file,
    ]);
    expect(stdout.toString().trim()).toBe('640');
    const gaps = JSON.parse(headers.get('x-gaps') ?? '') as unknown;
    expect(gaps).toEqual([{ start: START_MS / 1000 + 5.4, end: START_MS / 1000 + 6, reason: 'stream_changed' }]);
  });

  it.each(['unindexed', 'misled'])('shows every picture of footage whose index is no help: %s', async (camera) => {
    const { file, headers } = await clipOf(camera, 1130, 7000);
    await expectToShow(file, wanted(plain, 1130, 7000));
    expect(headers.get('x-gaps')).toBe('[]');
  });

  it('shows of instants that stand twice what was recorded later', async () => {
    const { file } = await clipOf('set_back', 0, 6000);
    const shown = (await shownOf(file)).map(({ picture }) => picture);
    expect(shown).toEqual([...plain.pictures.slice(0, 4 * FPS), ...plain.pictures.slice(6 * FPS, 8 * FPS)]);
  });

  it.each([
    [
      'of more than an hour',
      path('seams', 0, 3_600_001),
      400,
      'too_long',
      'wanted a range of at most 1 hour (3600 s), got 3600.001 s',
    ],
    ['that is none', '/api/cameras/seams/clip.mp4?start=yesterday&end=1', 400, 'invalid_payload', 'start: wanted'],
    ['that ends before it begins', path('seams', 2000, 1000), 400, 'invalid_payload', 'end: wanted'],
    ['without an end', '/api/cameras/seams/clip.mp4?start=1795399200', 400, 'invalid_payload', 'end: wanted'],
    ['of an unknown camera', path('cam_9', 0, 1000), 404, 'unknown_camera', 'no camera "cam_9"'],
    ['of a camera without footage', path('none', 0, 1000), 404, 'no_footage', 'none at all yet'],
    ['of the future', path('seams', 1e12, 1e12 + 1000), 404, 'no_footage', 'no footage of the wanted time'],
  ])('refuses a range %s', async (_, url, status, code, message) => {
    const response = await console_.get(url);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.message).toContain(message);
    expect(response.headers.get('content-disposition')).toBeNull();
  });

  it('says where there is footage, where there is none', async () => {
    const response = await console_.get(path('holes', 20_000, 30_000));
    const { error } = (await response.json()) as { error: { code: string; nearest: { start: number; end: number }[] } };
    expect([response.status, error.code]).toEqual([404, 'no_footage']);
    expect(error.nearest.map(({ start, end }) => [start, end].map((s) => Math.round(s - START_MS / 1000)))).toEqual([
      [0, 6],
      [66, 72],
    ]);
  });
});
