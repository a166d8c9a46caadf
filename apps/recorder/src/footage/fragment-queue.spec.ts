import type { InitSegment, TrackFragment } from '@vr/mp4';
import fc from 'fast-check';
import { BlockPool } from './block-pool';
import { FragmentQueue, type QueueItem } from './fragment-queue';
import type { ArrivedFragment } from './fragment-stream';

const pool = new BlockPool();
const fragment = (mediaStartMs: number, sizeBytes: number, key: boolean): ArrivedFragment => ({
  bytes: Buffer.alloc(sizeBytes),
  rest: [],
  sizeBytes,
  blocks: pool.lend(sizeBytes),
  init: {} as InitSegment,
  tracks: [],
  video: { startsWithKey: key } as TrackFragment,
  mediaStartMs,
  mediaEndMs: mediaStartMs + 1000,
});
const arrival = { wallMs: 0, monotonicMs: 0 };

/** A disk that takes one fragment each time the test lets it. */
function slowDisk(queue: FragmentQueue): {
  stored: QueueItem[];
  letOne: () => Promise<void>;
  letAll: () => void;
  done: Promise<void>;
} {
  const stored: QueueItem[] = [];
  let open = false;
  let letNext: () => void = () => undefined;
  const done = queue.drain(async (item) => {
    if (!open) await new Promise<void>((resolve) => (letNext = resolve));
    stored.push(item);
  });
  return {
    stored,
    done,
    letOne: async () => {
      await new Promise((resolve) => setImmediate(resolve)); // the disk has begun to wait
      letNext();
      await new Promise((resolve) => setImmediate(resolve));
    },
    letAll: () => {
      open = true;
      letNext();
    },
  };
}

describe('FragmentQueue', () => {
  it('drops whole GOPs above its limit, keeps what it took, and marks the key frame after the hole', async () => {
    const queue = new FragmentQueue(1000, pool);
    const disk = slowDisk(queue);
    const taken = [0, 1, 2, 3, 4, 5, 6].map((second) =>
      queue.offer(fragment(second * 1000, 300, second % 2 === 0), arrival),
    );
    expect(taken).toEqual([true, true, true, false, false, false, false]);
    expect(queue.dropping).toBe(true);
    await disk.letOne();
    expect(queue.offer(fragment(8000, 300, true), arrival)).toBe(false); // not yet half free
    await disk.letOne();
    expect(queue.offer(fragment(9000, 200, false), arrival)).toBe(false); // no key frame
    expect(queue.offer(fragment(10_000, 200, true), arrival)).toBe(true);
    queue.close();
    disk.letAll();
    await disk.done;
    expect(disk.stored.map((item) => item.kind === 'fragment' && [item.mediaStartMs, item.afterDrop])).toEqual([
      [0, false],
      [1000, false],
      [2000, false],
      [10_000, true],
    ]);
  });

  it('takes a fragment larger than its limit when nothing else waits', async () => {
    const queue = new FragmentQueue(1000, pool);
    expect(queue.offer(fragment(0, 5000, true), arrival)).toBe(true);
    expect(queue.offer(fragment(1000, 1, true), arrival)).toBe(false);
    queue.close();
    await queue.drain(() => Promise.resolve());
    expect(queue.sizeBytes).toBe(0);
  });

  it('says that the disk was the reason if a run ends while the queue drops fragments', async () => {
    const queue = new FragmentQueue(100, pool);
    queue.offer(fragment(0, 100, true), arrival);
    queue.endRun('camera_stalled');
    queue.offer(fragment(1000, 100, true), arrival);
    queue.endRun('camera_stalled');
    queue.close();
    const reasons: string[] = [];
    await queue.drain((item) => Promise.resolve(item.kind === 'end' ? void reasons.push(item.reason) : undefined));
    expect(reasons).toEqual(['camera_stalled', 'disk_slow']);
  });

  it('never holds more than its limit and hands out only what decodes, whatever comes at whatever speed', async () => {
    const step = fc.oneof(
      fc.record({ size: fc.integer({ min: 1, max: 400 }), key: fc.boolean() }),
      fc.constant('write' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const queue = new FragmentQueue(1000, pool);
        const disk = slowDisk(queue);
        let second = 0;
        for (const each of steps) {
          if (each === 'write') await disk.letOne();
          else queue.offer(fragment(second++, each.size, each.key), arrival);
          expect(queue.sizeBytes).toBeLessThanOrEqual(1000);
        }
        queue.close();
        disk.letAll();
        await disk.done;
        let last = -1;
        for (const item of disk.stored) {
          if (item.kind === 'end') continue;
          // A fragment that does not follow on its neighbour is marked, and begins with a key frame.
          if (item.mediaStartMs !== last + 1) expect([item.afterDrop, item.video.startsWithKey]).toEqual([true, true]);
          last = item.mediaStartMs;
        }
      }),
      { numRuns: 300 },
    );
  });
});
