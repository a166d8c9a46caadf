import fc from 'fast-check';
import { MAX_DURATION_MS, parseSegmentName, segmentFileName, segmentPath } from './names';

const startMs = Date.UTC(2026, 10, 23, 2, 15, 0, 123);

describe('segment names', () => {
  it('carry start and length once closed', () => {
    expect(segmentFileName({ cameraId: 'cam_1', startMs, durationMs: 3600040 })).toBe(
      'cam_1_20261123_021500.123Z_3600040.mp4',
    );
  });

  it('say part while open', () => {
    expect(segmentPath('/recordings', 'cam_1', startMs)).toBe(
      '/recordings/cam_1/2026-11-23/cam_1_20261123_021500.123Z.part.mp4',
    );
  });

  it.each([
    [{ cameraId: 'cam_1', startMs, durationMs: 3600040 }],
    [{ cameraId: 'a', startMs, durationMs: 0 }],
    [{ cameraId: 'cam_1.sub', startMs, durationMs: 1000 }],
    [{ cameraId: 'cam_1.sub', startMs, durationMs: undefined }],
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
    '.sub_20261123_021500.123Z_10.mp4',
    'cam_1.main_20261123_021500.123Z_10.mp4',
    'cam_1.sub.sub_20261123_021500.123Z_10.mp4',
  ])('pass over what is not ours: %s', (name) => {
    expect(parseSegmentName(name)).toBeUndefined();
  });

  it('are ours exactly where what they say would be written so', () => {
    const number = (most: number, width: number) => fc.nat(most).map((value) => String(value).padStart(width, '0'));
    const time = fc.tuple(number(24, 2), number(60, 2), number(60, 2)).map((parts) => parts.join(''));
    const date = fc
      .tuple(
        fc.oneof(number(9999, 4), fc.constantFrom('2023', '2024', '1900', '2000')),
        number(13, 2),
        fc.oneof(number(32, 2), number(29, 2)),
      )
      .map((parts) => parts.join(''));
    const end = fc.oneof(
      fc.constant('.part'),
      number(2_000_000_000, 1).map((duration) => `_${duration}`),
      number(9, 2).map((duration) => `_${duration}`),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('a', 'cam_1', 'Z_20261123_021500.123Z', '-'),
        date,
        time,
        number(999, 3),
        end,
        (cameraId, day, clock, ms, tail) => {
          const fileName = `${cameraId}_${day}_${clock}.${ms}Z${tail}.mp4`;
          const [year, month, dayOfMonth] = [day.slice(0, 4), day.slice(4, 6), day.slice(6)];
          const startMs = Date.parse(
            `${year}-${month}-${dayOfMonth}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}.${ms}Z`,
          );
          const durationMs = tail === '.part' ? undefined : Number(tail.slice(1));
          const isOurs =
            cameraId !== '-' &&
            Number(year) >= 100 &&
            Number.isFinite(startMs) &&
            (durationMs ?? 0) <= MAX_DURATION_MS &&
            segmentFileName({ cameraId, startMs, durationMs }) === fileName;
          expect(parseSegmentName(fileName)).toEqual(
            isOurs && !cameraId.includes('.') ? { cameraId, startMs, durationMs } : undefined,
          );
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
