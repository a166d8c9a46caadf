import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clipReady } from '@vr/contracts';
import { waitForFootage } from '@vr/footage';
import { hashFile } from '@vr/objects';
import { systemClock } from '@vr/service';
import { until } from '@vr/testing';
import { recorded, startStack, type Stack } from '../stack';
import { MemoryDisk } from './disks';

const EVENTS = ['full-1', 'full-2', 'full-3'];
const READY = 'seguranca.record.clip.ready';

describe('the clipper and its disk', () => {
  let disk: MemoryDisk;
  let stack: Stack;
  beforeAll(async () => {
    disk = await MemoryDisk.make(24);
    await disk.mount();
    stack = await startStack({ apps: ['recorder', 'clipper'], cameras: [1], environment: { CLIPS_DIR: disk.path, CLIP_PRE_SECONDS: '3', CLIP_POST_SECONDS: '2' } });
    await recorded(stack, 'cam_1', 5000);
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
    await disk.remove();
  });

  it('loses no event while the disk is full, fails none, and makes each clip whole when there is room', async () => {
    await disk.fill(0);
    const eventMs = Date.now();
    for (const [n, id] of EVENTS.entries()) stack.detector.publish('seguranca.event.person', JSON.stringify({ camera_id: 'cam_1', timestamp: (eventMs + n * 100) / 1000, event_id: id }));
    await stack.detector.flush();
    // Past every window's end, with time to have cut the clips if that were possible.
    await waitForFootage({ recordingsDir: stack.recordingsDir, cameraId: 'cam_1', untilMs: eventMs + 6000, graceMs: 30_000, clock: systemClock });
    expect(stack.heard(READY)).toEqual([]);
    expect(stack.heard('seguranca.record.clip.failed')).toEqual([]);

    await disk.empty();
    const all = await until(() => stack.heard(READY).length >= EVENTS.length && stack.heard(READY), { what: 'a clip of every event', deadlineMs: 90_000 });
    expect(new Set(all.map((message) => message['event_id']))).toEqual(new Set(EVENTS));
    for (const message of all) {
      const ready = clipReady.parse(message);
      expect(ready.partial).toBe(false);
      expect(await hashFile(join(disk.path, ready.key))).toEqual({ sha256: ready.sha256, sizeBytes: ready.size_bytes });
    }
    const files = await readdir(disk.path, { recursive: true });
    expect(files.filter((file) => /(^|\/)\.[^/]*$/.test(file))).toEqual([]);
    expect(stack.heard('seguranca.record.clip.failed')).toEqual([]);
  }, 150_000);
});
