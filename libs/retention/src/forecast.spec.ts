import { DAY_MS } from '@vr/base';
import { forecastStorage } from './forecast';
import { DaySegments } from './day-segments';
import type { FootageDay } from './footage-days';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
/** What an hour takes at 2 Mbit/s. */
const HOUR_BYTES = (2_000_000 / 8) * 3600;
const rules = {
  footageMs: 7 * DAY_MS,
  footageMsByCamera: new Map<string, number>(),
  maxBytesByCamera: new Map<string, number>(),
  highPercent: 90,
  minFreeBytes: 0,
};

/** A camera that recorded the last `hours`, in segments of an hour. */
function footageOf(cameraId: string, hours: number, untilMs = NOW_MS): FootageDay {
  const starts = Array.from({ length: hours }, (_, i) => untilMs - (hours - i) * HOUR_MS);
  return {
    cameraId,
    day: '2026-11-23',
    closed: new DaySegments(starts.map((startMs) => ({ startMs, endMs: startMs + HOUR_MS, sizeBytes: HOUR_BYTES }))),
    open: [],
    names: hours,
  };
}
const recorded = new Set(['cam_1', 'cam_2', 'cam_3', 'cam_4']);
const four = ['cam_1', 'cam_2', 'cam_3', 'cam_4'].map((cameraId) => footageOf(cameraId, 10));

describe('the forecast', () => {
  it('says that 4 cameras at 2 Mbit/s need 605 GB for 7 days, and warns where the disk has less', () => {
    const forecast = forecastStorage({
      nowMs: NOW_MS,
      footage: four,
      rules,
      recorded,
      volume: { usedBytes: 100e9, freeBytes: 300e9 },
    });
    expect(forecast.neededBytes).toBe(604_800_000_000);
    expect(forecast.bytesPerDay).toBe(86_400_000_000);
    expect(forecast.roomBytes).toBe(360e9 - 100e9 + 36e9);
    expect(forecast.daysUntilFull).toBeCloseTo(260 / 86.4);
    expect(forecast.warning).toBe(
      'retention does not fit the disk: 4 cameras with 8.0 Mbit/s together need 605 GB for 7 days, ' +
        'the disk has 296 GB for footage below its high mark: ' +
        'the oldest goes after about 3.4 days; take a larger disk, a shorter RETENTION_DAYS or a lower bit rate',
    );
  });

  it('is content with a disk of 1 TB', () => {
    const forecast = forecastStorage({
      nowMs: NOW_MS,
      footage: four,
      rules,
      recorded,
      volume: { usedBytes: 40e9, freeBytes: 960e9 },
    });
    expect([forecast.warning, forecast.daysUntilFull]).toEqual([undefined, undefined]);
  });

  it('counts a camera’s own days and its quota', () => {
    const own = {
      ...rules,
      footageMsByCamera: new Map([['cam_1', 30 * DAY_MS]]),
      maxBytesByCamera: new Map([['cam_2', 50e9]]),
    };
    const { cameras } = forecastStorage({ nowMs: NOW_MS, footage: four, rules: own, recorded });
    expect(cameras.map(({ neededBytes }) => neededBytes)).toEqual([648e9, 50e9, 151.2e9, 151.2e9]);
  });

  it('does not count cameras that are recorded no more: their footage only shrinks', () => {
    const forecast = forecastStorage({
      nowMs: NOW_MS,
      footage: four,
      rules,
      recorded: new Set(['cam_1', 'cam_2']),
      volume: { usedBytes: 90e9, freeBytes: 310e9 },
    });
    expect([forecast.neededBytes, forecast.warning]).toEqual([302_400_000_000, undefined]);
    expect(forecast.cameras.map(({ bytes, bytesPerDay }) => [bytes, bytesPerDay])).toEqual([
      ...Array.from({ length: 2 }, () => [10 * HOUR_BYTES, 24 * HOUR_BYTES]),
      ...Array.from({ length: 2 }, () => [10 * HOUR_BYTES, undefined]),
    ]);
  });

  it('takes the rate while a camera records, of the last 24 hours, the open segment counted', () => {
    const open = { ...footageOf('cam_1', 0), open: [{ startMs: NOW_MS - HOUR_MS / 2, sizeBytes: HOUR_BYTES }] };
    expect(forecastStorage({ nowMs: NOW_MS, footage: [open], rules, recorded }).bytesPerDay).toBe(HOUR_BYTES * 48);
    const silent = { ...footageOf('cam_1', 10, NOW_MS - 3 * DAY_MS), day: '2026-11-20' };
    const forecast = forecastStorage({
      nowMs: NOW_MS,
      footage: [silent],
      rules,
      recorded,
      volume: { usedBytes: 10e9, freeBytes: 1e9 },
    });
    expect([forecast.cameras[0]?.bytesPerDay, forecast.warning]).toEqual([undefined, undefined]);
  });

  it('knows nothing of an empty disk', () => {
    expect(
      forecastStorage({ nowMs: NOW_MS, footage: [], rules, recorded, volume: { usedBytes: 0, freeBytes: 1 } }),
    ).toEqual({
      cameras: [],
      bytesPerDay: 0,
      neededBytes: 0,
      roomBytes: 0.9,
    });
  });
});
