import { readFile } from 'node:fs/promises';
import { runToEnd, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import fc from 'fast-check';
import { listSegments, type Segment } from '../files/catalogue';
import { openFootage } from '../files/open-footage';
import { KeyIndex } from './key-index';
import { hlsPlaylist, liveHlsPlaylist } from './playlist';
import { readRange } from './range';
import { readSegmentIndex } from './segment-index';
import { scanSegment } from './segment-scan';
import { SegmentWriter } from '../write/segment-writer';
import { shiftedBytes } from './shifted-bytes';
import { TestStream } from '../testing/test-stream';

const START_MS = Date.UTC(2026, 10, 23, 23, 59, 50);

/** How ffprobe, which does not know us, reads the file. */
async function shownKeyPicturesMs({ path, startMs }: Segment): Promise<number[]> {
  const { stdout } = await runToEnd('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v',
    '-show_entries',
    'packet=pts_time,flags',
    '-of',
    'csv=p=0',
    path,
  ]);
  const keys = stdout
    .toString()
    .split('\n')
    .filter((line) => line.includes('K'));
  return keys.map((line) => startMs + Math.round(Number.parseFloat(line) * 1000));
}

describe('a playlist', () => {
  let stream: TestStream;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    stream = await TestStream.encode(20, 'audio');
  });
  beforeEach(async () => {
    folder = await temporaryFolder('playlist');
  });
  afterEach(() => folder.remove());

  const playlist = async (fromSecond: number, toSecond: number): Promise<string> =>
    hlsPlaylist(
      await new KeyIndex(folder.path).pieces('cam', START_MS + fromSecond * 1000, START_MS + toSecond * 1000),
      ({ fileName }, zeroMs) => `${fileName}?zero=${zeroMs}`,
    );
  const lines = (text: string, tag: string): string[] =>
    text.split('\n').filter((line) => line.startsWith(`#EXT-X-${tag}`) || line.startsWith(`#${tag}`));

  it('of what is live lists the newest, says how much came before, and begins with what decodes it', async () => {
    const live = async (): Promise<string> =>
      liveHlsPlaylist(
        await new KeyIndex(folder.path).pieces('cam', START_MS, START_MS + 600_000),
        START_MS,
        ({ fileName }, zeroMs) => `${fileName}?zero=${zeroMs}`,
      ) ?? 'nothing';
    const told = (text: string): string[][] =>
      ['EXTINF', 'MEDIA-SEQUENCE', 'DISCONTINUITY-SEQUENCE', 'MAP'].map((tag) => lines(text, tag));
    expect(await live()).toBe('nothing');
    const counts: (string | number)[][] = [];
    for (const from of [0, 60_000, 120_000]) {
      await stream.record(folder.path, 'cam', START_MS + from, 0, 8);
      const [parts, sequence, discontinuities, maps] = told(await live());
      counts.push([parts?.length ?? 0, ...(sequence ?? []), ...(discontinuities ?? []), maps?.length ?? 0]);
    }
    expect(counts).toEqual([
      [4, '#EXT-X-MEDIA-SEQUENCE:0', '#EXT-X-DISCONTINUITY-SEQUENCE:0', 1],
      [4, '#EXT-X-MEDIA-SEQUENCE:4', '#EXT-X-DISCONTINUITY-SEQUENCE:0', 1],
      [4, '#EXT-X-MEDIA-SEQUENCE:8', '#EXT-X-DISCONTINUITY-SEQUENCE:1', 1],
    ]);
  });

  it('has one time line where segments abut, wall-clock times, and a part for each key frame', async () => {
    for (const from of [0, 8, 16]) await stream.record(folder.path, 'cam', START_MS, from, Math.min(20, from + 8));
    const text = await playlist(0, 20);
    expect(lines(text, 'DISCONTINUITY')).toEqual([]);
    expect(lines(text, 'MAP')).toHaveLength(1);
    expect(lines(text, 'PROGRAM-DATE-TIME')).toHaveLength(10);
    expect(text).toMatch(/#EXT-X-PROGRAM-DATE-TIME:2026-11-24T00:00:00\.0\d\dZ/);
    expect(text).toContain('#EXT-X-TARGETDURATION:3');
    expect(new Set(text.match(/\?zero=\d+/g)).size).toBe(1);
    // The sum of the player is the wall clock.
    const seconds = lines(text, 'EXTINF:').reduce(
      (sum, line) => sum + Number.parseFloat(line.slice('#EXTINF:'.length)),
      0,
    );
    expect(Math.abs(seconds - 20)).toBeLessThan(0.1);
  });

  it('has a part for each of very many key frames, as of a camera whose every picture is one', async () => {
    await stream.record(folder.path, 'cam', START_MS, 0, 20);
    const [piece] = (await readRange(folder.path, 'cam', START_MS, START_MS + 20_000)).pieces;
    if (!piece) throw new Error('wanted a piece');
    const fragments = Array.from({ length: 150_000 }, (_, i) => ({
      offset: 1000 + i * 100,
      sizeBytes: 100,
      startMs: START_MS + i * 40,
      endMs: START_MS + i * 40 + 40,
      reorderMs: 0,
      key: true,
    }));
    const text = hlsPlaylist(
      [{ ...piece, fragments, endMs: START_MS + fragments.length * 40 }],
      ({ fileName }) => fileName,
    );
    expect(lines(text, 'EXTINF')).toHaveLength(fragments.length);
    expect(lines(text, 'TARGETDURATION')).toEqual(['#EXT-X-TARGETDURATION:1']);
  });

  it('dates each part by when its first picture is shown, also where the encoder holds pictures back', async () => {
    const reordered = await TestStream.encode(8, 'mute', 2);
    await reordered.record(folder.path, 'cam', START_MS, 0, 8);
    const dates = lines(await playlist(0, 8), 'PROGRAM-DATE-TIME').map((line) =>
      Date.parse(line.slice(line.indexOf(':') + 1)),
    );
    const [segment] = await listSegments(folder.path, 'cam');
    if (!segment) throw new Error('no segment');
    const shown = await shownKeyPicturesMs(segment);
    expect(shown).toHaveLength(4);
    // Two pictures of 100 ms are held back. Without them this test would show nothing.
    expect(shown[0]).toBe(START_MS + 200);
    expect(dates).toEqual(shown);
  });

  it('says where it is interrupted, by a hole or by another set-up, and counts on', async () => {
    const other = await TestStream.encode(20);
    await stream.record(folder.path, 'cam', START_MS, 0, 4);
    await stream.record(folder.path, 'cam', START_MS + 60_000, 4, 8);
    await other.record(folder.path, 'cam', START_MS + 60_000, 8, 12);
    const text = await playlist(0, 100);
    expect(lines(text, 'DISCONTINUITY')).toHaveLength(2);
    expect(lines(text, 'MAP')).toHaveLength(2);
    expect(new Set(text.match(/\?zero=\d+/g)).size).toBe(1);
  });
});

describe('the bytes of a segment on another time line', () => {
  const SHIFT_MS = 3_600_040;
  let folder: TemporaryFolder;
  let segments: Segment[];
  beforeAll(async () => {
    folder = await temporaryFolder('shifted');
    const stream = await TestStream.encode(12, 'audio');
    await stream.record(folder.path, 'cam', START_MS, 0, 8);
    const open = await SegmentWriter.open(folder.path, 'cam', stream.init, START_MS + 8000);
    await stream.append(open, START_MS, 8, 12);
    await open.abandon();
    segments = await listSegments(folder.path, 'cam');
  });
  afterAll(() => folder.remove());

  async function shifted(segment: Segment, range: { start: number; end: number }): Promise<Buffer> {
    const file = await openFootage(segment.path);
    const parts: Buffer[] = [];
    try {
      for await (const part of shiftedBytes(file, await readSegmentIndex(segment), SHIFT_MS, range)) parts.push(part);
    } finally {
      await file.close();
    }
    return Buffer.concat(parts);
  }

  it.each([
    ['closed', 0],
    ['open', 1],
  ])('are as many, differ in tfdt and prft alone, and the file stays as it is: %s', async (_, i) => {
    const segment = segments[i];
    if (!segment) throw new Error('no segment');
    const plain = await readFile(segment.path);
    const moved = await shifted(segment, { start: 0, end: plain.length - 1 });
    expect(moved).toHaveLength(plain.length);
    expect(await readFile(segment.path)).toEqual(plain);
    const scanOf = async (bytes: Buffer) => {
      const reader = {
        stat: async () => ({ size: bytes.length }),
        read: async (target: Buffer, at: number, length: number, from: number) => ({
          bytesRead: bytes.copy(target, at, from, from + length),
          buffer: target,
        }),
      };
      return scanSegment(reader as unknown as Parameters<typeof scanSegment>[0]);
    };
    const [before, after] = [await scanOf(plain), await scanOf(moved)];
    expect(after.fragments.length).toBe(before.fragments.length);
    after.fragments.forEach((fragment, n) => {
      const was = before.fragments[n];
      fragment.tracks.forEach(({ baseDecodeTime, track }, t) => {
        expect(baseDecodeTime - (was?.tracks[t]?.baseDecodeTime ?? NaN)).toBe(
          Math.round((SHIFT_MS / 1000) * track.timescale),
        );
      });
      expect(fragment.producerTime?.wallMs).toBe(was?.producerTime?.wallMs);
      expect((fragment.producerTime?.mediaTicks ?? 0) - (was?.producerTime?.mediaTicks ?? 0)).toBe(
        Math.round((SHIFT_MS / 1000) * before.init.video.timescale),
      );
    });
    // tfdt and prft have 8 bytes each for the time.
    const different = plain.reduce((count, byte, at) => count + (byte === moved[at] ? 0 : 1), 0);
    expect(different).toBeLessThanOrEqual(before.fragments.length * 8 * (1 + before.init.tracks.size));
  });

  it('are the same bytes in whatever pieces they are asked for', async () => {
    const [segment] = segments;
    if (!segment) throw new Error('no segment');
    const whole = await shifted(segment, { start: 0, end: (await readFile(segment.path)).length - 1 });
    const { fragments, endOffset } = await readSegmentIndex(segment);
    const edges = [
      0,
      whole.length - 1,
      endOffset,
      endOffset - 1,
      ...fragments.slice(0, 3).flatMap(({ offset }) => [offset - 1, offset, offset + 70]),
    ];
    const place = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: whole.length - 1 }));
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        expect((await shifted(segment, range)).equals(whole.subarray(range.start, range.end + 1))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
