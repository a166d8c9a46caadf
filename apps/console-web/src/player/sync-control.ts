/**
 * Keeps a picture at the instant where the axis is: small errors by a playback rate that nobody sees, large ones by a
 * jump. Live is the same control, with a target that lies a little behind the newest fragment.
 */
export interface Correction {
  playbackRate: number;
  /** Where to jump, where a rate would take too long. */
  jumpToMs?: number;
}

/** A rate that differs by 5 % is neither seen nor heard (browsers keep the pitch). */
const MOST_OFF = 0.05;
/** Half of a frame of 25 a second: what is closer is in step. */
const IN_STEP_MS = 20;
/** At 5 %, ten seconds make up for half a second. */
const JUMP_MS = 500;
/** The error that the control wants gone is divided by this: a smaller one swings. */
const SETTLE_MS = 1000;

/**
 * @param aheadMs how far the picture is ahead of where it should be; below zero it is behind
 * @param rate the rate of the axis
 */
export function keepInStep(aheadMs: number, shouldMs: number, rate: number): Correction {
  if (Math.abs(aheadMs) > JUMP_MS * Math.max(1, rate)) return { playbackRate: rate, jumpToMs: shouldMs };
  if (Math.abs(aheadMs) <= IN_STEP_MS / 2) return { playbackRate: rate };
  const off = Math.min(MOST_OFF, Math.max(-MOST_OFF, -aheadMs / SETTLE_MS));
  return { playbackRate: rate * (1 + off) };
}

/** Least and most that live stays behind the newest fragment. */
const LEAST_BEHIND_MS = 200;
const MOST_BEHIND_MS = 3000;
/** After this long without a stall the target comes closer again. */
const CALM_MS = 10_000;

/**
 * How far live stays behind the newest fragment. Each stall takes it further back; calm brings it closer again, so that
 * a bad network costs delay and not a picture that stands still again and again.
 */
export class LiveTarget {
  private behindMs: number;
  private calmSinceMs = 0;

  /** @param fragmentMs what one fragment of this camera holds: less than that cannot be waited for */
  constructor(private readonly fragmentMs: number) {
    this.behindMs = this.least;
  }

  get targetMs(): number {
    return this.behindMs;
  }

  stalled(nowMs: number): void {
    this.behindMs = Math.min(MOST_BEHIND_MS, this.behindMs + this.fragmentMs);
    this.calmSinceMs = nowMs;
  }

  /** Called now and then while the picture moves. */
  playing(nowMs: number): void {
    if (nowMs - this.calmSinceMs < CALM_MS) return;
    this.calmSinceMs = nowMs;
    this.behindMs = Math.max(this.least, this.behindMs - this.fragmentMs / 2);
  }

  /** @param newestMs the end of what is buffered, on the wall clock */
  correction(playheadMs: number, newestMs: number): Correction {
    const shouldMs = newestMs - this.behindMs;
    return keepInStep(playheadMs - shouldMs, shouldMs, 1);
  }

  private get least(): number {
    return Math.max(LEAST_BEHIND_MS, this.fragmentMs / 2);
  }
}
