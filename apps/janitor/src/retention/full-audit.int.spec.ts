import type { AuditLog } from '@vr/audit';
import { temporaryFolder } from '@vr/testing';
import { HOUR_MS, START_MS, startJanitor } from '../janitor.fixture';
import { Executor } from './executor';

const DELETIONS = 12_800;

describe('an audit whose disk is full', () => {
  it('is tried with one batch at a time, and gets each line once, in order, when there is room', async () => {
    const folder = await temporaryFolder('full-audit');
    const started = await startJanitor(folder.path);
    const written: unknown[] = [];
    let [isFull, tried] = [true, 0];
    const audit: Pick<AuditLog, 'writeNow'> = {
      writeNow: (entries) => {
        const lines = Array.from(entries, ({ start }) => start);
        tried += lines.length;
        if (isFull && lines.length > 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        written.push(...lines);
      },
    };
    const errors: unknown[] = [];
    const executor = new Executor(
      started.volumes,
      audit,
      { nowMs: () => START_MS, monotonicMs: () => 0 },
      { deleted: () => undefined },
      { error: (about: unknown) => void errors.push(about) },
    );
    const starts = Array.from({ length: DELETIONS }, (_, n) => START_MS - (DELETIONS - n) * HOUR_MS);
    const deletions = starts.map((startMs) => {
      return {
        kind: 'footage',
        reason: 'age',
        cameraId: 'cam_1',
        startMs,
        endMs: startMs + HOUR_MS,
        sizeBytes: 1,
      } as const;
    });
    const orders = {
      isHeld: () => false,
      beforeBatch: () => Promise.resolve(),
      isOver: () => false,
      why: () => 'age: past 7 days',
    };
    await executor.carryOut(deletions, orders);
    expect(errors).toEqual([expect.objectContaining({ lines: DELETIONS })]);
    expect(tried).toBeLessThan(2 * DELETIONS);
    isFull = false;
    await executor.carryOut([], orders);
    expect(written).toEqual(starts.map((startMs) => startMs / 1000));
    await folder.remove();
  });
});
