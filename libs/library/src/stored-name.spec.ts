import { parseStoredName } from './stored-name';

describe('names of clips', () => {
  it.each([
    'event_cam_1_1732723200.123.mp4',
    'event_cam_1_1732723200.123.json',
    'event_cam_1_1732723200.123.jpg',
    'event_cam_1_1732723200.123_0a1b2c.mp4',
    'clip_cam_1_1732723200.000_1732723230.000.mp4',
  ])('ours: %s', (name) => {
    expect(parseStoredName('clip', name, 'cam_1', '2024-11-27')?.timestampMs).toBeGreaterThan(1_732_723_000_000);
  });
  it.each([
    'event_cam_2_1732723200.123.mp4',
    'event_cam_1_1732823200.123.mp4',
    'event_cam_1_1732723200.mp4',
    '.event_cam_1_1732723200.123.mp4',
    'event_cam_1_1732723200.123.mp4.bak',
    'event_cam_1_1732723200.123.mov',
    'holiday.mp4',
  ])('not ours: %s', (name) => {
    expect(parseStoredName('clip', name, 'cam_1', '2024-11-27')).toBeUndefined();
  });
});

describe('names of snapshots', () => {
  it.each([
    'cam_1_2026-11-23T02:15:00.123Z.jpg',
    'cam_1_2026-11-23T02-15-00-123Z.jpg',
    'cam_1_2026-11-23T021500.123Z.json',
    'cam_1_2026-11-23T02:15:00.123Z_0a1b2c.jpg',
    'cam_1_2026-11-23T02-15-00.123Z.jpg',
    'cam_1_20261123T021500.123Z.jpg',
    'cam_1_20261123_021500.123Z.jpg',
  ])('ours: %s', (name) => {
    expect(parseStoredName('snapshot', name, 'cam_1', '2026-11-23')?.timestampMs).toBe(
      Date.UTC(2026, 10, 23, 2, 15, 0, 123),
    );
  });
  it.each([
    'cam_2_2026-11-23T02:15:00.123Z.jpg',
    'cam_1_2026-11-24T02:15:00.123Z.jpg',
    'cam_1_2026-11-23T99:15:00.123Z.jpg',
    'cam_1.jpg',
    'cam_1_yesterday.jpg',
    'cam_1_2026-11-23T02:15:00.123Z.mp4',
    '.cam_1_2026-11-23T02:15:00.123Z.jpg',
  ])('not ours: %s', (name) => {
    expect(parseStoredName('snapshot', name, 'cam_1', '2026-11-23')).toBeUndefined();
  });
});
