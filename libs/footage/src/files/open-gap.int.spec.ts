import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraId, type CameraStatus } from '@vr/contracts';
import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { writeCameraState } from './camera-state';
import { checkFootage } from '../check/check-footage';
import { appendGap, readGaps } from './gaps';
import { finishOpenGap, knownGaps, writeOpenGap } from './open-gap';
import { readRange } from '../read/range';
import { summariseFootage } from '../read/summary';
import { TestStream } from '../testing/test-stream';

const ZERO = Date.UTC(2026, 10, 23, 12);
const at = (second: number): number => ZERO + second * 1000;
const CAMERA = 'cam_1';

describe('an interruption that has no line yet', () => {
  let stream: TestStream;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    stream = await TestStream.encode(20);
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    await stream.record(folder.path, CAMERA, ZERO, 0, 4);
  });
  afterEach(() => folder.remove());

  const reasons = async (fromSecond: number, toSecond: number): Promise<unknown> =>
    (await readRange(folder.path, CAMERA, at(fromSecond), at(toSecond))).gaps.map(({ startMs, endMs, reason }) => [
      Math.round((startMs - ZERO) / 1000),
      Math.round((endMs - ZERO) / 1000),
      reason,
    ]);

  it('has its reason in a range while the camera is away', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused' });
    expect(await reasons(2, 9)).toEqual([[4, 9, 'camera_refused']]);
    // The interruption is no reason for what is missing before it.
    expect(await reasons(-5, 3)).toEqual([[-5, 0, 'unknown']]);
  });

  it('has its reason when the camera is back, and lends it to nothing behind', async () => {
    await stream.record(folder.path, CAMERA, ZERO, 8, 12);
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_stalled', nextMs: at(8) });
    expect(await reasons(2, 16)).toEqual([
      [4, 8, 'camera_stalled'],
      [12, 16, 'unknown'],
    ]);
    expect((await summariseFootage(folder.path, CAMERA)).gaps).toEqual([
      { startMs: at(4), endMs: at(8), reason: 'camera_stalled' },
    ]);
  });

  it('is no gap where the clock was set back', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'clock_step', nextMs: at(1) });
    expect(await knownGaps(folder.path, CAMERA, at(0), at(9))).toEqual([
      { startMs: at(1), endMs: at(1), reason: 'clock_step' },
    ]);
  });

  it('counts once where its line stands beside gap.json: the recorder was killed in between', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused', nextMs: at(9) });
    // The young run's start moved before the line was written.
    await appendGap(folder.path, CAMERA, { startMs: at(4), endMs: at(8), reason: 'camera_refused' });
    expect(await knownGaps(folder.path, CAMERA, at(0), at(20))).toEqual([
      { startMs: at(4), endMs: at(8), reason: 'camera_refused' },
    ]);
  });

  it('is still written, once, by the recorder that comes next, and its reason stays', async () => {
    await stream.record(folder.path, CAMERA, ZERO, 8, 12);
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused', nextMs: at(8) });
    expect(await reasons(2, 10)).toEqual([[4, 8, 'camera_refused']]);
    await finishOpenGap(folder.path, CAMERA);
    await finishOpenGap(folder.path, CAMERA);
    expect(await readGaps(folder.path, CAMERA, at(0), at(20))).toEqual([
      { startMs: at(4), endMs: at(8), reason: 'camera_refused' },
    ]);
    expect(await reasons(2, 10)).toEqual([[4, 8, 'camera_refused']]);
  });

  it('has its reason in the truth check while its line is owed, and where the check writes that line', async () => {
    await stream.record(folder.path, CAMERA, ZERO, 8, 12);
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'recorder_killed', nextMs: at(8) });
    const check = (repair: boolean) =>
      checkFootage({
        recordingsDir: folder.path,
        repair,
        recorderStopped: true,
        clock: { nowMs: () => at(12), monotonicMs: () => 0 },
      });
    expect((await check(false)).gaps).toEqual([
      { cameraId: CAMERA, startMs: at(4), endMs: at(8), reason: 'recorder_killed' },
    ]);
    expect((await check(true)).findings).toEqual([
      expect.objectContaining({ kind: 'gap_missing', repair: 'noted with the reason recorder_killed' }),
    ]);
    await finishOpenGap(folder.path, CAMERA);
    expect(await readGaps(folder.path, CAMERA, at(0), at(20))).toEqual([
      { startMs: at(4), endMs: at(8), reason: 'recorder_killed' },
    ]);
  });
});

describe('a camera of which nothing was ever recorded', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  const state = (status: Pick<CameraStatus, 'state' | 'reason'>): Promise<void> =>
    writeCameraState(folder.path, { camera_id: cameraId.parse(CAMERA), since: at(10) / 1000, ...status });
  const gaps = async (fromSecond: number, toSecond: number): Promise<unknown> =>
    (await readRange(folder.path, CAMERA, at(fromSecond), at(toSecond))).gaps.map(({ startMs, endMs, reason }) => [
      (startMs - ZERO) / 1000,
      (endMs - ZERO) / 1000,
      reason,
    ]);

  it.each<[Pick<CameraStatus, 'state' | 'reason'>, string]>([
    [{ state: 'unsupported_codec', reason: 'vp8' }, 'unsupported_codec'],
    [{ state: 'offline', reason: 'camera_not_found' }, 'camera_not_found'],
    [{ state: 'offline', reason: 'camera_refused' }, 'camera_refused'],
    [{ state: 'connecting' }, 'unknown'],
    [{ state: 'recording', reason: 'sound_left_out' }, 'unknown'],
  ])('%j: missing footage has the reason %s from then on, and none before', async (status, reason) => {
    await state(status);
    expect(await gaps(12, 20)).toEqual([[12, 20, reason]]);
    expect(await gaps(0, 10)).toEqual([[0, 10, 'unknown']]);
  });

  it('has no reason for a time in which the recorder said nothing any more', async () => {
    await state({ state: 'offline', reason: 'camera_refused' });
    await utimes(join(folder.path, CAMERA, 'state.json'), at(20) / 1000, at(20) / 1000);
    expect(await gaps(12, 100)).toEqual([[12, 100, 'camera_refused']]);
    expect(await gaps(200, 300)).toEqual([[200, 300, 'unknown']]);
  });

  it('has footage at last: its old state lends its reason to nothing behind that', async () => {
    await state({ state: 'offline', reason: 'camera_refused' });
    const stream = await TestStream.encode(20);
    await stream.record(folder.path, CAMERA, at(14), 0, 4);
    expect(await gaps(11, 30)).toEqual([
      [11, 14, 'camera_refused'],
      [18, 30, 'unknown'],
    ]);
  });
});
