import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cameraId, clipId, ContractError } from '@vr/contracts';
import { appendGap, writeCameraState } from '@vr/footage';
import { NoRoomError, readRoomWanted } from '@vr/retention';
import { probe } from '@vr/media';
import { hashFile } from '@vr/objects';
import { picturesOf, TestStream } from '@vr/recorded';
import { CutterBench, FRAME_MS, job, run, ZERO } from '../testing/cutter-bench';

describe('ClipCutter', () => {
  let stream: TestStream;
  let bench: CutterBench;
  beforeAll(async () => {
    stream = await TestStream.encode(30);
  });
  beforeEach(async () => {
    bench = await CutterBench.begin(stream);
  });
  afterEach(() => bench.remove());

  it.each([
    [3000, 27_000, 'over four segments, from between key frames'],
    [4000, 12_000, 'from a key frame'],
    [8700, 9300, 'shorter than a GOP'],
    [7350, 21_450, 'between two frames'],
    [20_000, 30_000, 'to the last frame of the segment that is still open'],
  ])('holds exactly the wanted pictures of %d to %d ms: %s', async (startMs, endMs) => {
    for (const from of [0, 8, 16]) await bench.record(from, from + 8);
    await bench.record(24, 30, 'open');
    const wanted = job(startMs, endMs);
    const ready = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toEqual(bench.wantedPictures(startMs, endMs));
    expect(ready).toMatchObject({
      partial: false,
      gaps: [],
      codec: 'h264',
      width: 320,
      height: 180,
      requested_start: (ZERO + startMs) / 1000,
      requested_end: (ZERO + endMs) / 1000,
    });
    expect(Math.abs(ready.start * 1000 - (ZERO + startMs))).toBeLessThanOrEqual(FRAME_MS);
    expect(Math.abs(ready.end * 1000 - (ZERO + endMs))).toBeLessThanOrEqual(FRAME_MS);
    expect(ready.duration).toBeCloseTo(ready.end - ready.start, 3);
    expect({ sha256: ready.sha256, sizeBytes: ready.size_bytes }).toEqual(
      await hashFile(await bench.folder.path(wanted, 'mp4')),
    );
    expect((await probe(await bench.folder.path(wanted, 'jpg'))).width).toBe(320);
    expect((await readdir(dirname(await bench.folder.path(wanted, 'mp4')))).sort()).toEqual([
      'event_cam_1_1795435200.000.jpg',
      'event_cam_1_1795435200.000.mp4',
    ]);
  });

  it('says what is missing in the middle, and why', async () => {
    await bench.record(0, 8);
    await appendGap(bench.recordingsDir, 'cam_1', {
      startMs: ZERO + 8000,
      endMs: ZERO + 14_000,
      reason: 'camera_disconnected',
    });
    await bench.record(14, 24);
    const wanted = job(4000, 20_000, 6000);
    const ready = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({
      partial: true,
      gaps: [{ start: ZERO / 1000 + 8, end: ZERO / 1000 + 14, reason: 'camera_disconnected' }],
    });
    expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toEqual([
      ...bench.wantedPictures(4000, 8000),
      ...bench.wantedPictures(14_000, 20_000),
    ]);
    expect(ready.duration).toBeCloseTo(16, 0);
  });

  it('begins where the footage begins, and ends where it ends', async () => {
    await bench.record(8, 16);
    const wanted = job(2000, 22_000, 9000);
    const ready = await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(ready).toMatchObject({ start: ZERO / 1000 + 8, partial: true });
    expect(ready.end).toBeCloseTo(ZERO / 1000 + 16, 1);
    expect(ready.gaps.map(({ start, end }) => [start - ZERO / 1000, end - ZERO / 1000])).toEqual([
      [2, 8],
      [16, 22],
    ]);
    expect(await picturesOf(await bench.folder.path(wanted, 'mp4'))).toEqual(bench.wantedPictures(8000, 16_000));
  });

  it.each([
    ['before the footage of a partial clip', 500, 1000],
    ['on its first picture, between key frames', 9300, 9300],
    ['after it', 500, 21_900],
  ])('has a thumbnail of a moment %s', async (_, startMs, momentMs) => {
    await bench.record(8, 16);
    const wanted = job(startMs, 22_000, momentMs);
    await bench.cutter.cut({ state: 'claimed', job: wanted }, run);
    expect(await probe(await bench.folder.path(wanted, 'jpg'))).toMatchObject({ width: 320, height: 180 });
  });

  it('does not wait for a camera that is down', async () => {
    await bench.record(0, 8);
    await writeCameraState(bench.recordingsDir, {
      camera_id: cameraId.parse('cam_1'),
      state: 'offline',
      since: ZERO / 1000 + 8,
      reason: 'camera_refused',
    });
    const just = { nowMs: () => ZERO + 13_000, monotonicMs: () => 0 }; // whose time stands still: no grace ever passes
    const here = bench.cutterWith({}, just);
    expect(await here.awaitFootage('cam_1', ZERO + 10_000, run.signal)).toBe('no_more');
    expect(await here.awaitFootage('cam_1', ZERO + 7900, run.signal)).toBe('covered');
  });

  it('cuts nothing without room for file and object, says so, and asks the janitor for room', async () => {
    await bench.record(0, 8);
    const bytes = (await bench.cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run)).size_bytes;
    // The disk has room for the clip that is there, and for one and a half more.
    bench.roomSettings = { ...bench.roomSettings, CLIPS_MAX_GB: (3.5 * bytes) / 1e9 };
    const other = { ...job(1000, 7000), clipId: clipId.parse('event_cam_1_1795435201.000') };
    const full = bench.cutterWith({});
    expect((await bench.health.readiness()).dependencies['room for clips']).toEqual({
      state: 'up',
      sentence: 'no clip waits for room',
    });
    await expect(full.cut({ state: 'claimed', job: other }, run)).rejects.toThrow(NoRoomError);
    expect((await bench.health.readiness()).dependencies['room for clips']).toMatchObject({
      state: 'degraded',
      sentence: expect.stringMatching(/^of the clips 1 waits for room: .*\(CLIPS_MAX_GB\)/) as string,
    });
    expect(await readdir(dirname(await bench.folder.path(other, 'mp4')))).toEqual(
      expect.not.arrayContaining([expect.stringContaining('1795435201')]) as string[],
    );
    expect(await readRoomWanted(bench.clipsDir)).toMatchObject({ wanted_bytes: expect.any(Number) as number });
    bench.roomSettings = { ...bench.roomSettings, MINIO_ENDPOINT: 'a.server:9000' };
    expect(await bench.cutterWith({}).cut({ state: 'claimed', job: other }, run)).toMatchObject({ size_bytes: bytes });
    expect(await readRoomWanted(bench.clipsDir)).toBeDefined(); // another process's
  });

  it('has the same bytes however often it is cut', async () => {
    await bench.record(0, 8);
    const [one, two] = [
      await bench.cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run),
      await bench.cutter.cut({ state: 'claimed', job: job(1000, 7000) }, run),
    ];
    expect(one).toEqual(two);
  });

  it('finds no footage where there is none, and leaves nothing behind', async () => {
    await bench.record(0, 8);
    const failure: unknown = await bench.cutter
      .cut({ state: 'claimed', job: job(10_000, 20_000) }, run)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ContractError);
    expect(failure).toMatchObject({ code: 'no_footage' });
  });
});
