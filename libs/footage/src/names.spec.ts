import { parseSegmentName, segmentFileName, segmentPath } from './names';

const startMs = Date.UTC(2026, 10, 23, 2, 15, 0, 123);

describe('segment names', () => {
  it('carry start and length once closed', () => {
    expect(segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 3600040 })).toBe('cam_1_20261123_021500.123Z_3600040.mp4');
  });

  it('say part while open', () => {
    expect(segmentPath('/recordings', 'cam_1', startMs)).toBe('/recordings/cam_1/2026-11-23/cam_1_20261123_021500.123Z.part.mp4');
  });

  it.each([
    [{ cameraId: 'cam_1', startMs, durationMs: 3600040 }],
    [{ cameraId: 'a', startMs, durationMs: 0 }],
    [{ cameraId: 'cam_20261123_021500', startMs, durationMs: undefined }],
  ])('read back as written: %j', (name) => {
    expect(parseSegmentName(segmentFileName(name))).toEqual(name);
  });

  it.each([
    'gaps.jsonl',
    '../etc/passwd',
    'cam_1_20261323_021500.123Z_10.mp4',
    'cam_1_20261123_021561.123Z_10.mp4',
    'cam_1_20261123_021500.123Z_-10.mp4',
    'cam_1_20261123_021500.123Z_010.mp4',
    'cam_1_20261123_021500.123Z.mp4',
    'cam_1_20261123_021500.123Z_10.mp4.tmp',
    '.cam_1_20261123_021500.123Z_10.mp4',
  ])('pass over what is not ours: %s', (name) => {
    expect(parseSegmentName(name)).toBeUndefined();
  });
});
