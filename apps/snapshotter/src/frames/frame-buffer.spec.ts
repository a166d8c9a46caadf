import type { Clock } from '@vr/base';
import { cameraConfig } from '@vr/contracts';
import { smallestJpeg } from '../testing/smallest-jpeg';
import { FrameBuffer, type Frame } from './frame-buffer';

const NOW_MS = Date.UTC(2026, 10, 23, 2, 15);

describe('FrameBuffer', () => {
  let nowMs = NOW_MS;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const roster = {
    all: () =>
      Array.from({ length: 8 }, (_, i) => cameraConfig.parse({ id: `cam_${i + 1}`, url: 'rtsp://10.0.0.5/1' })),
    find: () => undefined,
  };
  const frame = (
    timestampMs: number,
    picture: Frame['picture'] = { jpeg: smallestJpeg },
    cameraId = 'cam_1',
  ): Frame => ({
    cameraId,
    timestampMs,
    picture,
  });
  let buffer: FrameBuffer;
  beforeEach(() => {
    nowMs = NOW_MS;
    buffer = new FrameBuffer(clock, roster);
  });
  const nearest = (ms: number, withinMs = 500): number | undefined =>
    buffer.nearest('cam_1', NOW_MS + ms, withinMs)?.timestampMs;

  it('knows the frame nearest to an instant, also where frames overtake each other', () => {
    for (const ms of [0, 80, 40, 120]) buffer.keep(frame(NOW_MS + ms));
    expect(nearest(55)).toBe(NOW_MS + 40);
    expect(nearest(-500)).toBe(NOW_MS);
    expect(nearest(621)).toBeUndefined();
    expect(buffer.nearest('cam_2', NOW_MS, 500)).toBeUndefined();
  });

  it('takes the newest for now up to 2 s after it, and not beyond', () => {
    for (const ms of [0, 80, 40]) buffer.keep(frame(NOW_MS + ms));
    nowMs = NOW_MS + 2080;
    expect(buffer.fresh('cam_1')?.timestampMs).toBe(NOW_MS + 80);
    nowMs += 1;
    expect(buffer.fresh('cam_1')).toBeUndefined();
  });

  it('is not led astray by a frame from the future', () => {
    buffer.keep(frame(NOW_MS + 3_600_000));
    expect(buffer.fresh('cam_1')).toBeUndefined();
    buffer.keep(frame(NOW_MS));
    expect(buffer.fresh('cam_1')?.timestampMs).toBe(NOW_MS);
  });

  it('has of an address that comes again only the last frame: the older picture is gone', () => {
    for (const ms of [0, 40, 80]) buffer.keep(frame(NOW_MS + ms, { url: 'http://10.0.0.9/latest.jpg' }));
    buffer.keep(frame(NOW_MS + 20, { url: 'http://10.0.0.9/20.jpg' }));
    expect(nearest(0)).toBe(NOW_MS + 20);
    expect(nearest(70)).toBe(NOW_MS + 80);
  });

  it('holds 8 MB a camera at most, whatever comes, and the last 10 s', () => {
    const large = Buffer.alloc(300_000);
    for (let n = 0; n < 2400; n++) {
      nowMs += 4;
      buffer.keep(frame(nowMs, { jpeg: large }, `cam_${1 + (n % 8)}`));
      expect(buffer.sizeBytes()).toBeLessThanOrEqual(64_000_000);
    }
    expect(buffer.sizeBytes()).toBeGreaterThan(50_000_000);
    expect(buffer.nearest('cam_8', nowMs, 0)?.timestampMs).toBe(nowMs);
    nowMs += 10_001;
    buffer.keep(frame(nowMs, { jpeg: large }));
    expect(buffer.nearest('cam_1', nowMs - 10_001, 1000)).toBeUndefined();
  });
});
