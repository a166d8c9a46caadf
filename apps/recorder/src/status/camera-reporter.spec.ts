import type { CameraStatus } from '@vr/contracts';
import { CameraReporter } from './camera-reporter';

describe('CameraReporter', () => {
  const nowMs = Date.UTC(2026, 10, 23);
  let said: CameraStatus[];
  let reporter: CameraReporter;
  beforeEach(() => {
    said = [];
    reporter = new CameraReporter(
      { nowMs: () => nowMs, monotonicMs: () => 0 },
      { changed: (status) => said.push({ ...status }) },
    );
  });

  it('says every change once', () => {
    reporter.state('cam', 'connecting');
    reporter.state('cam', 'recording');
    reporter.state('cam', 'recording');
    expect(said.map(({ state }) => state)).toEqual(['connecting', 'recording']);
    expect(said[0]?.since).toBe(nowMs / 1000);
  });

  it('keeps a dead camera offline, with its reason, while it is tried again', () => {
    reporter.state('cam', 'connecting');
    reporter.state('cam', 'offline', 'camera_refused');
    reporter.state('cam', 'connecting');
    reporter.state('cam', 'offline', 'camera_refused');
    expect(said.map(({ state, reason }) => [state, reason])).toEqual([
      ['connecting', undefined],
      ['offline', 'camera_refused'],
    ]);
  });

  it('measures rates over what came', () => {
    reporter.state('cam', 'recording');
    reporter.stream('cam', { codec: 'h264', width: 640, height: 360 });
    for (let i = 0; i < 10; i++) {
      reporter.fragment('cam', {
        wallEndMs: nowMs + (i + 1) * 1000,
        mediaMs: 1000,
        sizeBytes: 125_000,
        frames: 25,
        key: i % 2 === 0,
      });
    }
    expect(reporter.all()[0]).toMatchObject({
      fps: 25,
      bitrate_kbps: 1000,
      gop_seconds: 2,
      last_fragment_at: nowMs / 1000 + 10,
      codec: 'h264',
    });
  });
});
