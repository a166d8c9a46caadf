/**
 * Lets the cameras begin one after the other. Sixty ffmpegs that start at one instant keep two processors busy for ten
 * seconds. All of them are late then, and hand over their first seconds in one burst. Some run into their time limit.
 */
import type { Clock } from '@vr/base';

/** Starting an ffmpeg keeps a processor busy for about this long. */
const APART_MS = 60;

export class Turnstile {
  private nextMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Resolves when it is this caller's turn. `wait` may reject; then nobody uses the turn. */
  async pass(wait: (ms: number) => Promise<void>): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.nextMs);
    this.nextMs = turnMs + APART_MS;
    if (turnMs > nowMs) await wait(turnMs - nowMs);
  }
}
