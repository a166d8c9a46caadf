import type { GapReason } from '@vr/contracts';
import { untilNextTry } from './next-try';

/**
 * Gives how long it waited, of `forMs`, for a camera that answers as told. A knock at a camera that is away takes its
 * whole deadline.
 */
async function waited(forMs: number, reason: GapReason, answersAt: (atMs: number) => boolean): Promise<number> {
  let atMs = 0;
  await untilNextTry(forMs, reason, {
    clock: { nowMs: () => 0, monotonicMs: () => atMs },
    wait: (ms) => Promise.resolve(void (atMs += ms)),
    answers: () => {
      const answers = answersAt(atMs);
      if (!answers) atMs += 1500;
      return Promise.resolve(answers);
    },
  });
  return atMs;
}

describe('until the next try', () => {
  it('waits its time out at a camera that is away', async () => {
    expect(await waited(30_000, 'camera_refused', () => false)).toBe(30_000);
  });

  it('ends within a knock once a camera that was away is back', async () => {
    const ms = await waited(30_000, 'camera_timeout', (atMs) => atMs >= 12_000);
    expect(ms).toBeGreaterThanOrEqual(12_000);
    expect(ms).toBeLessThanOrEqual(15_500);
  });

  it('does not leave a camera that answers and refuses alone for longer than 10 s', async () => {
    const longest = Math.max(
      ...(await Promise.all(
        ['camera_not_found', 'camera_no_video', 'camera_refused'].map((reason) =>
          waited(30_000, reason as GapReason, () => true),
        ),
      )),
    );
    expect(longest).toBeLessThanOrEqual(10_000);
    expect(longest).toBeGreaterThanOrEqual(8000);
  });

  it('leaves a camera with another password alone for as long as it was told, and does not knock', async () => {
    const knock = (): boolean => {
      throw new Error('knocked');
    };
    expect(await waited(300_000, 'camera_unauthorized', knock)).toBe(300_000);
  });

  it('does not make a short wait longer', async () => {
    expect(await waited(500, 'camera_disconnected', () => false)).toBe(500);
  });

  it('ends when it is told to', async () => {
    const stopped = new Error('stopped');
    const door = {
      clock: { nowMs: () => 0, monotonicMs: () => 0 },
      answers: () => Promise.resolve(false),
      wait: () => Promise.reject(stopped),
    };
    await expect(untilNextTry(30_000, 'camera_refused', door)).rejects.toBe(stopped);
  });
});
