/**
 * One run: one life of one ffmpeg. It has one media time line and one anchor of that line on the wall clock.
 *
 *     settling ── settle() ──▶ settled
 *        ▲                        │
 *        └────── reanchor() ──────┘
 *
 * `settling`: a quicker arrival may still show that the run began earlier. After 20 s no arrival can show that any
 * more. Whoever closes the run's first segment earlier settles the run first.
 * `settled`: the anchor only creeps.
 * Invariant: only a settling run is delayed, because only its first segment can still move.
 */
import assert from 'node:assert/strict';
import type { QueuedFragment } from './fragment-queue';
import { PauseCutter } from './pause-cutter';
import { RunTimes, type StampFaults } from './run-times';

export class Run {
  private state: 'settling' | 'settled' = 'settling';
  private readonly times = new RunTimes();
  private readonly pauses = new PauseCutter();

  /** The faults of the camera's stamps that this run has shown so far. */
  get stampFaults(): StampFaults {
    return this.times.stampFaults;
  }

  /**
   * Gives the next fragment its times in the run. It writes them into the fragment's bytes too.
   * @returns how much too late everything so far in this run was stamped, in ms
   */
  place(fragment: QueuedFragment): number {
    return this.times.place(fragment);
  }

  /** Converts media time to wall time by the anchor as it is now. */
  wallMs(mediaMs: number): number {
    return this.times.wallMs(mediaMs);
  }

  /** Says whether the run's beginning is final: once the run is this long, no arrival can show an earlier one. */
  isSettledBy(mediaEndMs: number): boolean {
    return this.state === 'settled' || this.times.isSettled(mediaEndMs);
  }

  settle(): void {
    this.state = 'settled';
    this.times.settle();
  }

  /** Footage exists already where this run would begin. The run therefore begins so much later, and catches up. */
  delay(byMs: number): void {
    assert(this.state === 'settling', 'a settled run cannot be delayed');
    this.times.delay(byMs);
  }

  /** The same, for a segment that need not be the run's first. A settled run keeps its times. */
  delayWhileYoung(byMs: number): void {
    if (this.state === 'settling') this.delay(byMs);
  }

  /** The machine's clock was set for the first time. Everything so far was stamped too early by this much. */
  clockWasSet(stepMs: number): void {
    this.times.shift(stepMs);
  }

  /** The machine's clock changed, so the next fragment gives the run a new anchor. */
  reanchor(): void {
    this.state = 'settling';
    this.times.reanchor();
  }

  /** Cuts off the pause if the fragment ends with one. @returns whether it cut */
  cutPause({ bytes, video, mediaStartMs }: QueuedFragment): boolean {
    return this.pauses.cut(bytes, video, mediaStartMs);
  }
}
