import { open, readFile, rename, rm, symlink, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { listSegments, type Segment } from '../files/catalogue';
import { appendGap } from '../files/gaps';
import { TestStream } from '../testing/test-stream';
import { KeyIndex, type KeyPiece } from './key-index';
import { readSegmentIndex } from './segment-index';

const ZERO = Date.UTC(2026, 10, 23, 23, 59, 50);
const SECONDS = 20;
/** The stream has a key frame every 2 s. */
const GOP_MS = 2000;

describe('the index of key frames', () => {
  let plain: TestStream;
  let sounding: TestStream;
  let reordered: TestStream;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    plain = await TestStream.encode(SECONDS);
    sounding = await TestStream.encode(SECONDS, 'audio');
    reordered = await TestStream.encode(SECONDS, 'mute', 2);
  });
  beforeEach(async () => {
    folder = await temporaryFolder('keys');
  });
  afterEach(() => folder.remove());

  const ask = (index: KeyIndex, fromSecond: number, toSecond: number): Promise<KeyPiece[]> =>
    index.pieces('cam', ZERO + fromSecond * 1000, ZERO + toSecond * 1000);
  const fresh = (): KeyIndex => new KeyIndex(folder.path);
  const seconds = (pieces: KeyPiece[]): number[][] =>
    pieces.map(({ fragments }) => fragments.map(({ startMs }) => (startMs - ZERO) / 1000));
  const only = async (): Promise<Segment> => {
    const [segment] = await listSegments(folder.path, 'cam');
    if (!segment) throw new Error('no segment');
    return segment;
  };

  it.each(['plain', 'sounding', 'reordered'])('says what a look at every header says: %s', async (kind) => {
    const stream = kind === 'plain' ? plain : kind === 'sounding' ? sounding : reordered;
    for (const from of [0, 8, 16]) await stream.record(folder.path, 'cam', ZERO, from, Math.min(SECONDS, from + 8));
    const pieces = await ask(fresh(), 0, SECONDS + 1);
    expect(pieces).toHaveLength(3);
    for (const { segment, fragments, index } of pieces) {
      const { fragments: each, init, initSizeBytes, endOffset } = await readSegmentIndex(segment);
      expect([index.initSizeBytes, index.init.setUp]).toEqual([initSizeBytes, init.setUp]);
      const keys = each.filter(({ key }) => key);
      expect(fragments.map(({ offset, startMs }) => [offset, startMs])).toEqual(
        keys.map(({ offset, startMs }) => [offset, startMs]),
      );
      expect(fragments.map(({ reorderMs }) => reorderMs)).toEqual(keys.map(({ reorderMs }) => reorderMs));
      // Nothing lies between two groups, and the last one ends where the media does.
      expect(fragments.map(({ offset, sizeBytes }) => offset + sizeBytes)).toEqual([
        ...keys.slice(1).map(({ offset }) => offset),
        endOffset,
      ]);
    }
  });

  it('begins with the group that is on show, and ends with the one that the range ends in', async () => {
    for (const from of [0, 8, 16]) await plain.record(folder.path, 'cam', ZERO, from, Math.min(SECONDS, from + 8));
    expect(seconds(await ask(fresh(), 5, 11))).toEqual([
      [4, 6],
      [8, 10],
    ]);
    expect(seconds(await ask(fresh(), 4, 10))).toEqual([[4, 6], [8]]);
    expect(await ask(fresh(), 30, 40)).toEqual([]);
  });

  it('knows what an open segment holds by now, and goes on where it ended', async () => {
    const index = fresh();
    await plain.record(folder.path, 'cam', ZERO, 0, 8);
    await plain.record(folder.path, 'cam', ZERO, 8, 12, 'open');
    expect(seconds(await ask(index, 0, SECONDS))).toEqual([
      [0, 2, 4, 6],
      [8, 10],
    ]);
    await rm((await listSegments(folder.path, 'cam', ZERO + 9000))[0]?.path ?? '');
    await plain.record(folder.path, 'cam', ZERO, 8, 16, 'open');
    const [, open] = await ask(index, 0, SECONDS);
    expect(open?.fragments.at(-1)?.endMs).toBeCloseTo(ZERO + 16_000, -2);
    expect(open?.segment.endMs).toBeUndefined();
  });

  it.each(['cut off', 'led astray'])('reads the headers where the index at the end was %s', async (how) => {
    await plain.record(folder.path, 'cam', ZERO, 0, 8);
    const { path } = await only();
    const bytes = await readFile(path);
    const at = bytes.lastIndexOf('mfra') - 4;
    if (how === 'cut off') await truncate(path, at);
    else {
      const file = await open(path, 'r+');
      const tfra = bytes.indexOf('tfra', at) + 4;
      await file.write(Buffer.from('7fffffffffffffff', 'hex'), 0, 8, tfra + 16 + 8); // the first key frame's place
      await file.close();
    }
    expect(seconds(await ask(fresh(), 0, SECONDS))).toEqual([[0, 2, 4, 6]]);
  });

  it('takes the later recording of what a clock that was set back recorded twice', async () => {
    await plain.record(folder.path, 'cam', ZERO, 0, 8);
    await plain.record(folder.path, 'cam', ZERO - 4000, 8, 16); // its first second is the former's fourth
    await appendGap(folder.path, 'cam', { startMs: ZERO + 8000, endMs: ZERO + 4000, reason: 'clock_step' });
    const pieces = await ask(fresh(), 0, SECONDS);
    expect(seconds(pieces)).toEqual([
      [0, 2],
      [4, 6, 8, 10],
    ]);
    expect(pieces[0]?.endMs).toBeLessThanOrEqual(ZERO + 4000 + 20);
  });

  it('passes over a file that is gone since, and over a link', async () => {
    for (const from of [0, 8]) await plain.record(folder.path, 'cam', ZERO, from, from + 8);
    const [first] = await listSegments(folder.path, 'cam');
    const path = first?.path ?? '';
    await rename(path, `${folder.path}/elsewhere`);
    await symlink(`${folder.path}/elsewhere`, path);
    expect(seconds(await ask(fresh(), 0, SECONDS))).toEqual([[8, 10, 12, 14]]);
  });

  it('reads nothing through a folder that leads out', async () => {
    await plain.record(folder.path, 'cam', ZERO, 0, 8);
    const day = dirname((await only()).path);
    const outside = await temporaryFolder('outside');
    await rename(day, `${outside.path}/day`);
    await symlink(`${outside.path}/day`, day);
    await expect(ask(fresh(), 0, SECONDS)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await outside.remove();
  });

  it('reads a closed segment once, and keeps no more than it may', async () => {
    for (const from of [0, 4, 8, 12, 16]) await plain.record(folder.path, 'cam', ZERO, from, from + 4);
    const all = fresh();
    const before = await ask(all, 0, SECONDS);
    // A second look opens no file: these are empty now.
    for (const { path } of await listSegments(folder.path, 'cam')) await truncate(path, 0);
    expect(await ask(all, 0, SECONDS)).toEqual(before);
    const entryBytes = all.sizeBytes / 5;
    expect(entryBytes).toBeGreaterThan((4000 / GOP_MS) * 16);

    const small = new KeyIndex(folder.path, 2 * entryBytes);
    await rm(folder.path, { recursive: true });
    for (const from of [0, 4, 8, 12, 16]) await plain.record(folder.path, 'cam', ZERO, from, from + 4);
    expect(seconds(await ask(small, 0, SECONDS))).toHaveLength(5);
    expect(small.sizeBytes).toBe(2 * entryBytes);
  });
});
