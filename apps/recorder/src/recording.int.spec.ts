import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { utcDay, systemClock } from '@vr/base';
import { readSegmentIndex, SegmentWriter } from '@vr/footage';
import { jumpsIn, readTruth, runToEnd, until } from '@vr/testing';
import { RecordedCamera } from './testing/recorded-camera';

describe('recording a camera', () => {
  let recorded: RecordedCamera;
  beforeEach(async () => {
    recorded = await RecordedCamera.start();
  });
  afterEach(() => recorded.end());

  it('rolls segments at key frames without losing or doubling a frame, and stamps them truly', async () => {
    recorded.record({ clock: systemClock, segmentMs: 3000 });
    await recorded.recorded(32_000);
    await recorded.stop();
    const segments = await recorded.segments();
    expect(segments.length).toBeGreaterThanOrEqual(4);
    const truth = (await Promise.all(segments.map(({ path }) => readTruth(path)))).flat();
    expect(jumpsIn(truth)).toEqual([]);
    for (const segment of segments) {
      const [first] = await readTruth(segment.path);
      const { fragments } = await readSegmentIndex(segment);
      expect(Math.abs((fragments[0]?.startMs ?? 0) - (first?.wallMs ?? 0))).toBeLessThan(150);
      expect(
        (await runToEnd('ffprobe', ['-v', 'warning', '-show_entries', 'format=duration', segment.path])).stderr,
      ).toBe('');
    }
    segments.slice(1).forEach((segment, i) => expect(segment.startMs - (segments[i]?.endMs ?? 0)).toBe(0));
  });

  it('says that a camera paused where it did, though RTSP lived and the watchdog had no reason to bark', async () => {
    recorded.record({ clock: systemClock });
    await recorded.recorded(4000);
    await recorded.camera.stall();
    const startMs = Date.now();
    await until(() => Date.now() - startMs > 4000, { what: 'four seconds', deadlineMs: 6000 });
    await recorded.camera.resume();
    const pausedMs = Date.now() - startMs;
    await recorded.recorded(4000);
    await recorded.stop();
    expect(recorded.states.map(([state]) => state)).toEqual([
      'connecting',
      ...Array<string>(recorded.states.length - 1).fill('recording'),
    ]);
    const gaps = await recorded.gaps();
    expect(gaps.map(({ reason }) => reason)).toEqual(['camera_stalled']);
    const [gap] = gaps;
    expect(Math.abs((gap?.endMs ?? 0) - (gap?.startMs ?? 0) - pausedMs)).toBeLessThan(1500);
    expect(await recorded.findings(systemClock)).toEqual([]);
  });

  it('goes on if files beside its footage cannot be read, or if a fault of ours hits one fragment', async () => {
    const folder = join(recorded.recordingsDir, 'cam_1');
    await mkdir(join(folder, utcDay(Date.now()), 'gaps.jsonl'), { recursive: true });
    await mkdir(join(folder, '.gap.json.tmp'));
    await writeFile(join(folder, 'gap.json'), '');
    await truncate(join(folder, 'gap.json'), 700 * 1024 * 1024);
    recorded.record({ clock: systemClock });
    await recorded.recorded(2000);
    jest.spyOn(SegmentWriter.prototype, 'append').mockRejectedValueOnce(new RangeError('Invalid string length'));
    await until(() => recorded.states.some(([state, reason]) => state === 'stalled' && reason === 'unknown'), {
      what: 'the fault',
      deadlineMs: 10_000,
    });
    await recorded.recorded(2000);
    await recorded.stop();
    expect((await recorded.gaps()).map(({ reason }) => reason)).toEqual(['unknown']);
    expect(await recorded.findings(systemClock)).toEqual([]);
  });
});
