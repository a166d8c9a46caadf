// Clips over what cameras do in the middle of them: they go away. Through recorder, clipper, a real store and real RTSP.
import { clipReady, type ClipReady } from '@vr/contracts';
import { until } from '@vr/testing';
import { recorded, startStack, type Stack } from './stack';

const CLIP_WITHIN_MS = 60_000;

describe('a clip over', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ apps: ['recorder', 'clipper'], cameras: [1], camera: { gopSeconds: 1 } });
    await recorded(stack, 'cam_1', 4000);
  }, 120_000);
  afterAll(() => stack.stop());

  async function clipOf(cameraId: string, startMs: number, endMs: number): Promise<ClipReady> {
    const reply = await stack.detector.request('seguranca.record.clip', JSON.stringify({ camera_id: cameraId, start: startMs / 1000, end: endMs / 1000 }), { timeout: 5000 });
    const { clip_id } = reply.json<{ clip_id: string }>();
    const found = await until(() => stack.heard('seguranca.record.clip.ready').find((message) => message['clip_id'] === clip_id), { what: `clip.ready of ${clip_id}`, deadlineMs: CLIP_WITHIN_MS });
    return clipReady.parse(found);
  }

  it('a camera that went away and is just back says why there is a gap', async () => {
    await stack.camera.kill();
    const awayMs = Date.now();
    await stack.camera.restart();
    await recorded(stack, 'cam_1', 2000);
    const ready = await clipOf('cam_1', awayMs - 3000, Date.now() - 500);
    expect(ready.partial).toBe(true);
    expect(ready.gaps.map(({ reason }) => reason)).toEqual(['camera_disconnected']);
  });
});
