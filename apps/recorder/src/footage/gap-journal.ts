/**
 * Knows where a camera's footage ends and why nothing follows, and writes the lines in gaps.jsonl that say so.
 *
 *     seamless ── interrupt() ──▶ interrupted ── resume() ──▶ resumed ── settle() ──▶ seamless
 *                                      ▲                         │
 *                                      └─────── interrupt() ─────┘  (it settles first)
 *
 * `seamless`: a segment may follow directly on the last one, or nothing was recorded yet.
 * `interrupted`: gap.json has the reason, so it outlives a recorder that is killed now.
 * `resumed`: the first segment after the interruption exists, and its start may still move.
 * Settling turns the interruption into a line. A line waits here until the disk takes it.
 * Invariants: every interruption becomes one line, unless it was no longer than a seam. A line is decided only once
 * neither of its ends can move any more. gap.json exists from the interruption until its line is written. A line ends
 * before it begins only if a clock was set back; it then says from where to where.
 */
import assert from 'node:assert/strict';
import type { GapReason } from '@vr/contracts';
import { appendGap, lineOf, removeOpenGap, SEAM_MS, writeOpenGap, type Gap } from '@vr/footage';
import { isPlausible, shifted } from './machine-clock';
import type { RecordingsVolume } from './recordings-volume';
import { SETTLE_MS } from './run-times';

/** After a new connection a camera repeats at most so much of its past. A longer overlap means a clock was set back. */
const REPEATED_MS = 5000;

/** The first segment after an interruption, or of a camera that never recorded. */
interface FirstSegment {
  /** The media time of its run. */
  mediaStartMs: number;
  startMs: number;
}

type State =
  | { name: 'seamless' }
  | { name: 'interrupted'; reason: GapReason }
  /** After a clock was set back, the gap's `fromMs` is later than the segment's start. */
  | { name: 'resumed'; first: FirstSegment; gap?: { fromMs: number; reason: GapReason } };

export class GapJournal {
  private state: State = { name: 'seamless' };
  /** The wall time at which footage ends. It is undefined if there is none. */
  private endMs: number | undefined;
  /** The next segment begins when its clock says so, even if footage of that instant exists already. */
  private isClockChanged = false;
  /** The disk has not taken these lines yet. */
  private unwritten: Gap[] = [];
  /** These gaps end with footage from before the clock was set. Their times are not known yet. */
  private early: Gap[] = [];

  constructor(
    private readonly volume: RecordingsVolume,
    private readonly cameraId: string,
    private readonly onGap: (lengthMs: number, reason: GapReason) => void,
  ) {}

  /** The first segment after the interruption, for as long as its start may move. */
  get first(): Readonly<FirstSegment> | undefined {
    return this.state.name === 'resumed' ? this.state.first : undefined;
  }

  /** Takes over from earlier lives of the recorder. `last` says where their footage ended, and why. */
  continueFrom(last: { endMs: number; reason: GapReason } | undefined): void {
    this.endMs = last?.endMs;
    this.state = last ? { name: 'interrupted', reason: last.reason } : { name: 'seamless' };
  }

  /** Footage now ends at this instant. */
  reach(endMs: number): void {
    assert(Number.isFinite(endMs), 'the end of the footage is not an instant');
    this.endMs = endMs;
  }

  /** The footage may end earlier than the journal believed. */
  reachAtMost(endMs: number): void {
    this.reach(Math.min(this.endMs ?? Infinity, endMs));
  }

  /** The first cause counts, so an interruption that is known already keeps its reason. */
  interrupt(reason: GapReason): void {
    this.decide();
    if (this.state.name === 'seamless') this.state = { name: 'interrupted', reason };
  }

  /** The machine's clock was set to another time. The next footage may therefore begin where some exists already. */
  clockChanged(): void {
    this.isClockChanged = true;
  }

  /**
   * Says where a segment begins if its first picture has this stamp, in whole ms. It gives undefined if the segment
   * may not begin yet, because the camera repeats instants that are recorded already.
   */
  startFor(wallStartMs: number): number | undefined {
    const overlapMs = (this.endMs ?? -Infinity) - wallStartMs;
    if (overlapMs > SEAM_MS && overlapMs < REPEATED_MS && !this.isClockChanged) return undefined;
    const isSeam = overlapMs > 0 && overlapMs <= SEAM_MS;
    const startMs = Math.floor(isSeam ? wallStartMs + overlapMs : wallStartMs);
    if (overlapMs > SEAM_MS && isPlausible(startMs)) {
      // There will be a line that ends before it begins, if the disk takes the segment. Until then the first cause
      // stays: the clock may go forward again before anything is recorded.
      this.decide();
      if (this.state.name === 'seamless') this.state = { name: 'interrupted', reason: 'clock_step' };
    }
    return startMs;
  }

  /** A segment has begun. */
  resume(first: FirstSegment): void {
    const { state, endMs } = this;
    if (state.name === 'interrupted')
      this.state = { name: 'resumed', first, gap: { fromMs: endMs ?? first.startMs, reason: state.reason } };
    else if (endMs === undefined) this.state = { name: 'resumed', first };
    this.isClockChanged = false;
  }

  /** The first segment begins at `startMs` now. It may move back to the instant that this gives. */
  earliestStartMs(startMs: number): number {
    const fromMs = this.state.name === 'resumed' ? this.state.gap?.fromMs : undefined;
    return fromMs === undefined || fromMs > startMs ? -Infinity : fromMs;
  }

  firstMoved(startMs: number): void {
    assert(this.state.name === 'resumed', 'a segment cannot move once its start is settled');
    this.state.first.startMs = startMs;
  }

  /** Says whether the first segment's start is final once its run has reached this media time. */
  isSettledBy(mediaEndMs: number): boolean {
    return this.state.name === 'resumed' && mediaEndMs - this.state.first.mediaStartMs > SETTLE_MS;
  }

  /** The machine's clock was set for the first time. All earlier instants move to their true times. */
  clockWasSet(stepMs: number): void {
    for (const { startMs, endMs, reason } of this.takeEarly())
      this.owe({ startMs: shifted(startMs, stepMs), endMs: endMs + stepMs, reason });
    if (this.endMs !== undefined) this.endMs = shifted(this.endMs, stepMs);
    if (this.state.name !== 'resumed') return;
    const { first, gap } = this.state;
    first.startMs += stepMs;
    if (gap) gap.fromMs = shifted(gap.fromMs, stepMs);
  }

  /** The recorder ends and will not learn the true times of early gaps. It writes those that make sense as they are. */
  giveUpEarly(): void {
    for (const gap of this.takeEarly()) if (gap.endMs > gap.startMs) this.owe(gap);
  }

  /** Turns the last interruption into a line, if there was one. @returns whether there was one */
  decide(): boolean {
    if (this.state.name !== 'resumed') return false;
    const { first, gap } = this.state;
    this.state = { name: 'seamless' };
    if (!gap) return false;
    const line = { startMs: gap.fromMs, endMs: first.startMs, reason: gap.reason };
    if (Math.abs(line.endMs - line.startMs) <= SEAM_MS) return true;
    if (isPlausible(line.endMs)) this.owe(lineOf(line));
    else this.early.push(line);
    return true;
  }

  /** Writes the last interruption's line and removes gap.json, which nobody needs any more. */
  async settle(): Promise<void> {
    await this.writeDecided(this.decide());
  }

  /** Writes the lines that wait. After a decision it removes gap.json. */
  async writeDecided(isDecided: boolean): Promise<void> {
    await this.writeLines();
    if (isDecided) await removeOpenGap(this.volume.path, this.cameraId);
  }

  /** Writes the lines that wait, in their order. If the disk refuses a line, that line and the later ones stay. */
  async writeLines(): Promise<void> {
    for (let gap = this.unwritten[0]; gap; gap = this.unwritten[0]) {
      await appendGap(this.volume.path, this.cameraId, gap);
      this.unwritten.shift();
      this.onGap(Math.max(0, gap.endMs - gap.startMs), gap.reason);
    }
  }

  /** Writes the interruption to gap.json. `nextMs` is the instant at which the next segment is about to begin. */
  async note(nextMs?: number): Promise<void> {
    if (this.state.name !== 'interrupted' || this.endMs === undefined) return;
    await this.volume.check();
    await this.writeOpen({ startMs: this.endMs, reason: this.state.reason, nextMs });
  }

  /** Writes gap.json again, because its instants moved. */
  async noteMoved(): Promise<void> {
    await this.note();
    if (this.state.name !== 'resumed' || !this.state.gap) return;
    const { fromMs, reason } = this.state.gap;
    await this.writeOpen({ startMs: fromMs, reason });
  }

  private async writeOpen(open: { startMs: number; reason: GapReason; nextMs?: number | undefined }): Promise<void> {
    await writeOpenGap(this.volume.path, this.cameraId, open);
  }

  private takeEarly(): Gap[] {
    const { early } = this;
    this.early = [];
    return early;
  }

  private owe(gap: Gap): void {
    assert(Number.isFinite(gap.startMs) && Number.isFinite(gap.endMs), 'a gap must begin and end at an instant');
    this.unwritten.push(gap);
  }
}
