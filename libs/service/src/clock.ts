import { performance } from 'node:perf_hooks';
import type { Clock } from '@vr/contracts';

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
