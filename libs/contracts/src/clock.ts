/** The only source of now. Tests and simulations move it. */
export interface Clock {
  /** Wall clock, ms since the epoch, UTC. May step. */
  nowMs(): number;
  /** Never steps, counts from an arbitrary zero: for lengths of time. */
  monotonicMs(): number;
}
