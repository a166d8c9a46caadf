/**
 * Lets the cameras begin one after the other. Sixty ffmpegs that start at one instant keep two processors busy for ten
 * seconds, in which all of them are late, hand over their first seconds in one burst, and some run into their time
 * limit.
 */
import type { Clock } from '@vr/base';

/** About what starting an ffmpeg takes of a processor. */
const APART_MS = 60;

export class Turnstile {
  private nextMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Resolves when it is this caller's turn. `wait` may reject: the turn is then nobody's. */
  async pass(wait: (ms: number) => Promise<void>): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.nextMs);
    this.nextMs = turnMs + APART_MS;
    if (turnMs > nowMs) await wait(turnMs - nowMs);
  }
}
