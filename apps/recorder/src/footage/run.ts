/**
 * One run: one life of one ffmpeg. It has one media time line and one anchor of that line on the wall clock.
 *
 *     settling ── settle() ──▶ settled
 *        ▲                        │
 *        └────── reanchor() ──────┘
 *
 * `settling`: a quicker arrival may still show that the run began earlier. After 20 s none does any more; whoever closes
 * the run's first segment settles it before that.
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

  /** What is wrong with the camera's stamps, as far as this run shows. */
  get stampFaults(): StampFaults {
    return this.times.stampFaults;
  }

  /**
   * Gives the next fragment its times in the run, in its bytes too.
   * @returns by how much everything so far in this run was stamped too late, in ms
   */
  place(fragment: QueuedFragment): number {
    return this.times.place(fragment);
  }

  /** Media time to wall time, by the anchor as it is now. */
  wallMs(mediaMs: number): number {
    return this.times.wallMs(mediaMs);
  }

  /** Whether no arrival up to this media time can show an earlier beginning any more. */
  isSettledBy(mediaEndMs: number): boolean {
    return this.state === 'settled' || this.times.isSettled(mediaEndMs);
  }

  settle(): void {
    this.state = 'settled';
    this.times.settle();
  }

  /** Footage exists already where this run would begin: it begins so much later, and catches up. */
  delay(byMs: number): void {
    assert(this.state === 'settling', 'a run was delayed whose beginning is settled');
    this.times.delay(byMs);
  }

  /** The machine's clock was set for the first time: everything so far was stamped too early by this much. */
  clockWasSet(stepMs: number): void {
    this.times.shift(stepMs);
  }

  /** The machine's clock parted from what it was: the next fragment tells the time anew. */
  reanchor(): void {
    this.state = 'settling';
    this.times.reanchor();
  }

  /** Cuts the pause off a fragment that ends with one. @returns whether it cut */
  cutPause({ bytes, video, mediaStartMs }: QueuedFragment): boolean {
    return this.pauses.cut(bytes, video, mediaStartMs);
  }
}
