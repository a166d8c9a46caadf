import { performance } from 'node:perf_hooks';

/** The only source of now. Tests and simulations move it. */
export interface Clock {
  /** The wall clock: ms since the epoch, UTC. It may step. */
  nowMs(): number;
  /** Measures lengths of time. It never steps, and counts from an arbitrary zero. */
  monotonicMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
