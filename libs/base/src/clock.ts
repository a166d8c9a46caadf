import { performance } from 'node:perf_hooks';

/** The only source of now. Tests and simulations move it. */
export interface Clock {
  /** The wall clock: ms since the epoch, UTC. It may step. */
  nowMs(): number;
  /** Never steps. It counts from an arbitrary zero and measures lengths of time. */
  monotonicMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
