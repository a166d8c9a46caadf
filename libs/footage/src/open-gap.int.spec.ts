import { temporaryFolder, type TemporaryFolder } from '@vr/testing';
import { appendGap, readGaps } from './gaps';
import { finishOpenGap, knownGaps, writeOpenGap } from './open-gap';
import { readRange } from './range';
import { summariseFootage } from './summary';
import { TestStream } from './testing/test-stream';

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
    (await readRange(folder.path, CAMERA, at(fromSecond), at(toSecond))).gaps.map(({ startMs, endMs, reason }) => [Math.round((startMs - ZERO) / 1000), Math.round((endMs - ZERO) / 1000), reason]);

  it('has its reason in a range while the camera is away', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused' });
    expect(await reasons(2, 9)).toEqual([[4, 9, 'camera_refused']]);
    // What lies before it is another matter.
    expect(await reasons(-5, 3)).toEqual([[-5, 0, 'unknown']]);
  });

  it('has its reason when the camera is back, and lends it to nothing behind', async () => {
    await stream.record(folder.path, CAMERA, ZERO, 8, 12);
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_stalled', nextMs: at(8) });
    expect(await reasons(2, 16)).toEqual([[4, 8, 'camera_stalled'], [12, 16, 'unknown']]);
    expect((await summariseFootage(folder.path, CAMERA)).gaps).toEqual([{ startMs: at(4), endMs: at(8), reason: 'camera_stalled' }]);
  });

  it('is no gap where the clock was set back', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'clock_step', nextMs: at(1) });
    expect(await knownGaps(folder.path, CAMERA, at(0), at(9))).toEqual([{ startMs: at(1), endMs: at(1), reason: 'clock_step' }]);
  });

  it('counts once where its line stands beside gap.json: the recorder was killed in between', async () => {
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused', nextMs: at(9) });
    // The young run's start moved before the line was written.
    await appendGap(folder.path, CAMERA, { startMs: at(4), endMs: at(8), reason: 'camera_refused' });
    expect(await knownGaps(folder.path, CAMERA, at(0), at(20))).toEqual([{ startMs: at(4), endMs: at(8), reason: 'camera_refused' }]);
  });

  it('is still written, once, by the recorder that comes next, and its reason stays', async () => {
    await stream.record(folder.path, CAMERA, ZERO, 8, 12);
    await writeOpenGap(folder.path, CAMERA, { startMs: at(4), reason: 'camera_refused', nextMs: at(8) });
    expect(await reasons(2, 10)).toEqual([[4, 8, 'camera_refused']]);
    await finishOpenGap(folder.path, CAMERA);
    await finishOpenGap(folder.path, CAMERA);
    expect(await readGaps(folder.path, CAMERA, at(0), at(20))).toEqual([{ startMs: at(4), endMs: at(8), reason: 'camera_refused' }]);
    expect(await reasons(2, 10)).toEqual([[4, 8, 'camera_refused']]);
  });
});
