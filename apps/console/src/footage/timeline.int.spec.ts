import { writeOpenGap } from '@vr/footage';
import { TestStream } from '@vr/recorded';
import { ConsoleApp } from '../testing/console-app';

const ZERO = Date.UTC(2026, 10, 23, 12);

describe('GET /api/cameras/ID/timeline', () => {
  it('knows the reason of an interruption that the recorder has not finished', async () => {
    const console = await ConsoleApp.start({ cameras: ['cam_1'] });
    try {
      const stream = await TestStream.encode(12);
      await stream.record(console.recordingsDir, 'cam_1', ZERO, 0, 4);
      const gaps = async (): Promise<unknown> =>
        (
          (await (
            await console.get(`/api/cameras/cam_1/timeline?start=${ZERO / 1000}&end=${ZERO / 1000 + 12}`)
          ).json()) as { gaps: unknown }
        ).gaps;
      await writeOpenGap(console.recordingsDir, 'cam_1', { startMs: ZERO + 4000, reason: 'camera_refused' });
      expect(await gaps()).toEqual([{ start: ZERO / 1000 + 4, end: ZERO / 1000 + 12, reason: 'camera_refused' }]);
      await stream.record(console.recordingsDir, 'cam_1', ZERO, 8, 12);
      await writeOpenGap(console.recordingsDir, 'cam_1', {
        startMs: ZERO + 4000,
        reason: 'camera_refused',
        nextMs: ZERO + 8000,
      });
      expect(await gaps()).toEqual([{ start: ZERO / 1000 + 4, end: ZERO / 1000 + 8, reason: 'camera_refused' }]);
    } finally {
      await console.stop();
    }
  });
});
