import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd, temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { compatibleRun } from '../clip/set-ups';
import { listSegments } from '../files/catalogue';
import { checkFootage } from '../check/check-footage';
import { writeClip } from '../clip/clip-file';
import { creationTimesOf, withCreationTime } from '@vr/mp4';
import { readRange } from '../read/range';
import { recoverSegments } from './recovery';
import { readSegmentIndex } from '../read/segment-index';
import { moveSegment, SegmentWriter } from './segment-writer';
import { TestStream } from '../testing/test-stream';

const START_MS = Date.UTC(2026, 10, 23, 12, 34, 56, 789);
const second = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;

describe('the creation time of what is recorded', () => {
  let stream: TestStream;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    stream = await TestStream.encode(12, 'audio');
  });
  beforeEach(async () => {
    folder = await temporaryFolder('creation');
  });
  afterEach(() => folder.remove());

  /** The times that ffprobe reads in the file (`mvhd`) and its tracks (`mdhd`). */
  async function told(path: string): Promise<string[]> {
    const { stdout } = await runToEnd('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format_tags=creation_time:stream_tags=creation_time',
      '-of',
      'csv=p=0',
      path,
    ]);
    return stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.trim());
  }

  it('is the start of the segment, for ffprobe and in every header, also while it is open', async () => {
    await stream.record(folder.path, 'cam', START_MS, 0, 6);
    await stream.record(folder.path, 'cam', START_MS, 6, 12, 'open');
    for (const { path, startMs } of await listSegments(folder.path, 'cam')) {
      expect(await told(path)).toEqual([second(startMs), second(startMs), second(startMs)]);
      // mvhd, and tkhd and mdhd of both tracks.
      const { init } = await readSegmentIndex({ path, startMs });
      expect(creationTimesOf(init.bytes)).toEqual(Array(5).fill(Math.floor(startMs / 1000) * 1000));
    }
  });

  it('moves with the start of a young segment, of a closed one, and stands after recovery', async () => {
    const writer = await SegmentWriter.open(folder.path, 'cam', stream.init, START_MS);
    await stream.append(writer, START_MS, 0, 6);
    await writer.moveStart(START_MS - 5000);
    await writer.abandon();
    await recoverSegments(folder.path);
    const [segment] = await listSegments(folder.path, 'cam');
    if (!segment) throw new Error('no segment');
    expect((await told(segment.path))[0]).toBe(second(START_MS - 5000));
    const moved = await moveSegment(folder.path, segment, START_MS + 60_000);
    expect((await told(moved))[0]).toBe(second(START_MS + 60_000));
    expect(
      (
        await checkFootage({
          recordingsDir: folder.path,
          clock: { nowMs: () => START_MS + 86_400_000, monotonicMs: () => 0 },
        })
      ).findings,
    ).toEqual([]);
  });

  it('keeps no segment from being joined with its neighbours, nor with those of before, which have none', async () => {
    for (const from of [0, 4, 8]) await stream.record(folder.path, 'cam', START_MS, from, from + 4);
    const [old] = await listSegments(folder.path, 'cam');
    if (!old) throw new Error('no segment');
    const bytes = await readFile(old.path);
    withCreationTime(bytes.subarray(0, stream.init.bytes.length), undefined).copy(bytes);
    await writeFile(old.path, bytes);
    expect((await told(old.path)).join('')).toBe('');
    const { pieces } = await readRange(folder.path, 'cam', START_MS + 1000, START_MS + 11_000);
    expect(compatibleRun(pieces, START_MS)).toHaveLength(3);
    const written = await writeClip(pieces, START_MS + 1000, START_MS + 11_000, join(folder.path, 'a.mp4'), {
      title: 't',
      artist: 'a',
      comment: 'c',
    });
    expect(Math.round(written.endMs - written.startMs)).toBe(10_000);
    expect(await told(join(folder.path, 'a.mp4'))).toEqual(Array(3).fill(second(written.startMs)));
    // Cutting is still deterministic.
    const again = await writeClip(pieces, START_MS + 1000, START_MS + 11_000, join(folder.path, 'b.mp4'), {
      title: 't',
      artist: 'a',
      comment: 'c',
    });
    expect(again.sha256).toBe(written.sha256);
  });

  it('beyond what a header of version 0 holds (2040) is not said, and nothing else is touched', () => {
    const init = stream.init.bytes;
    const stamped = withCreationTime(init, Date.UTC(2040, 1, 6, 6, 28, 16));
    expect(creationTimesOf(stamped).filter((ms) => ms !== undefined)).toEqual([]);
    expect(withCreationTime(withCreationTime(init, START_MS), undefined)).toEqual(withCreationTime(init, undefined));
    expect(withCreationTime(init, START_MS)).toHaveLength(init.length);
  });
});
