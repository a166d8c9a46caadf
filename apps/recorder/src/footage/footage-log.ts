/**
 * Writes one camera's footage: runs become segments, interruptions become lines in gaps.jsonl. It brings together
 * three state machines: `Run` (what time is it), `OpenSegment` (the file) and `GapJournal` (what is missing).
 * Invariants: a segment holds no interruption, has one init and begins with a key frame. Segments of a camera do not
 * overlap in time. The exception is a clock that was set back: a line that ends before it begins then says so.
 * A refusal of the disk is no error here but an answer: the segment ends, and the next key frame is the next try.
 */
import type { GapReason } from '@vr/contracts';
import type { Recovered } from '@vr/footage';
import { diskFaultReason } from './disk-fault';
import { EarlySegments } from './early-segments';
import type { Instant, QueuedFragment } from './fragment-queue';
import { GapJournal } from './gap-journal';
import { isPlausible, MachineClock } from './machine-clock';
import { OpenSegment } from './open-segment';
import { finishPastFootage } from './past-footage';
import type { RecordingsVolume } from './recordings-volume';
import { Run } from './run';
import { areAlike, type StampFaults } from './run-times';
import type { Refused, Stored } from './stored';

export interface FootageLogOptions {
  volume: RecordingsVolume;
  cameraId: string;
  segmentMs: number;
  /** The time between two fdatasync calls. A power cut costs at most so much footage. */
  syncMs: number;
  /** Runs each of these calls, and may see how long it takes. */
  timeSync?: (sync: () => Promise<void>) => Promise<void>;
  onGap: (lengthMs: number, reason: GapReason) => void;
  /** Called at the beginning, and whenever the faults change. */
  onTimes: (faults: StampFaults) => void;
  onRecovered: (recovered: Recovered) => void;
}

export class FootageLog {
  private run = new Run();
  private readonly segment: OpenSegment;
  private readonly journal: GapJournal;
  private readonly early = new EarlySegments();
  private readonly clock = new MachineClock();
  private isPastRead = false;
  private toldFaults: StampFaults | undefined;

  constructor(private readonly options: FootageLogOptions) {
    const { volume, cameraId, syncMs, timeSync, onGap } = options;
    this.segment = new OpenSegment(volume, cameraId, syncMs, timeSync);
    this.journal = new GapJournal(volume, cameraId, onGap);
  }

  async append(fragment: QueuedFragment): Promise<Stored> {
    try {
      if (fragment.afterDrop) await this.interrupt('disk_slow');
      await this.followClock(fragment.arrival);
      const loweredMs = this.run.place(fragment);
      this.tellFaults(this.run.stampFaults);
      return await this.store(fragment, loweredMs);
    } catch (error) {
      return await this.refused(error);
    }
  }

  /**
   * Ends the run. What comes next is a new run, and a gap with this reason lies between them.
   * @returns the refusal, if the disk refused something
   */
  async endRun(reason: GapReason): Promise<Refused | undefined> {
    try {
      await this.interrupt(reason);
      return undefined;
    } catch (error) {
      return await this.refused(error);
    } finally {
      this.run = new Run();
    }
  }

  /** The recorder ends. It writes what it knows of gaps, even if the machine never learned the time. */
  async close(reason: GapReason): Promise<Refused | undefined> {
    this.journal.giveUpEarly();
    return this.endRun(reason);
  }

  private tellFaults(faults: StampFaults): void {
    if (this.toldFaults && areAlike(this.toldFaults, faults)) return;
    this.toldFaults = faults;
    this.options.onTimes(faults);
  }

  private async store(fragment: QueuedFragment, loweredMs: number): Promise<Stored> {
    const { run, segment, journal } = this;
    const { video, mediaStartMs, mediaEndMs, arrival } = fragment;
    if (segment.isOpen && loweredMs > 0) await this.lowerStart();
    const startMs = run.wallMs(mediaStartMs);
    if (video.startsWithKey && this.isFull(fragment, startMs)) {
      run.settle(); // only a run's first segment can still move
      await this.closeSegment();
    }
    // Nothing decodes before a key frame.
    if (!segment.isOpen && video.startsWithKey) await this.beginSegment(fragment, startMs);
    if (!segment.isOpen) return { state: 'waiting' };
    const isPaused = run.cutPause(fragment);
    // The run may have moved since: its first segment follows the footage that exists.
    const stampMs = run.wallMs(mediaStartMs);
    await segment.append(fragment, stampMs - mediaStartMs);
    const wallEndMs = segment.endMs;
    journal.reach(wallEndMs);
    if (journal.isSettledBy(mediaEndMs)) await journal.settle();
    await segment.syncWhenDue(arrival.monotonicMs);
    if (isPaused) await this.interrupt('camera_stalled');
    return { state: 'written', wallEndMs, mediaMs: wallEndMs - stampMs };
  }

  /**
   * A run's first segment stays open until its beginning is certain. Over a network that jitters, this takes some 20
   * arrivals.
   */
  private isFull({ init, mediaEndMs }: QueuedFragment, wallMs: number): boolean {
    const { segment, run, options } = this;
    if (!segment.isOpen) return false;
    if (init !== segment.init) return true;
    return wallMs - segment.startMs >= options.segmentMs && run.isSettledBy(mediaEndMs);
  }

  /** It opens no segment while the camera repeats instants that are recorded already. */
  private async beginSegment({ init, mediaStartMs }: QueuedFragment, wallStartMs: number): Promise<void> {
    const { run, segment, journal, early } = this;
    const { volume } = this.options;
    await volume.check();
    if (!this.isPastRead) await this.readPast();
    await this.finishTorn();
    await early.moveDue(volume.path);
    await journal.writeLines();
    const startMs = journal.startFor(wallStartMs);
    if (startMs === undefined) return;
    await journal.note(isPlausible(startMs) ? startMs : undefined);
    await segment.begin(init, startMs);
    // A segment that follows directly on the last one begins later than its first picture's stamp. Its run does, too.
    if (startMs > wallStartMs) run.delayWhileYoung(startMs - wallStartMs);
    journal.resume({ mediaStartMs, startMs });
  }

  private async readPast(): Promise<void> {
    const { recovered, last } = await finishPastFootage(this.options.volume.path, this.options.cameraId);
    recovered.forEach((each) => this.options.onRecovered(each));
    this.isPastRead = true;
    this.journal.continueFrom(last);
  }

  private async finishTorn(): Promise<void> {
    const finished = await this.segment.finish();
    if (!finished) return;
    const { recovered, closed, endMs, moveMs } = finished;
    if (endMs !== undefined) this.journal.reachAtMost(endMs + (moveMs ?? 0));
    if (closed) this.early.add(closed, moveMs);
    if (recovered) this.options.onRecovered(recovered);
  }

  /** All stamps of the young run were late by the same length, so its first segment moves. No other exists yet. */
  private async lowerStart(): Promise<void> {
    const { run, segment, journal } = this;
    if (!journal.first) return;
    const { mediaStartMs } = journal.first;
    const overlapMs = journal.earliestStartMs(segment.startMs) - run.wallMs(mediaStartMs);
    if (overlapMs > 0) run.delay(overlapMs);
    const startMs = Math.floor(run.wallMs(mediaStartMs));
    if (startMs >= segment.startMs) return;
    await segment.moveStart(startMs);
    journal.firstMoved(startMs);
  }

  private async followClock(arrival: Instant): Promise<void> {
    const step = this.clock.stepBefore(arrival);
    if (step?.kind === 'first_set') await this.moveEarly(step.stepMs);
    if (step?.kind === 'changed') await this.reanchor();
  }

  /** Everything that was recorded so far moves to its true time. The recording goes on without an interruption. */
  private async moveEarly(stepMs: number): Promise<void> {
    const { run, segment, journal, early } = this;
    run.clockWasSet(stepMs);
    segment.clockWasSet(stepMs);
    early.clockWasSet(stepMs);
    journal.clockWasSet(stepMs);
    await journal.noteMoved();
    await segment.moveOwed();
    await early.moveDue(this.options.volume.path);
    await journal.writeLines();
  }

  /** The run gets a new anchor on the wall clock. One segment cannot hold two anchors, so a new segment begins. */
  private async reanchor(): Promise<void> {
    this.journal.clockChanged();
    try {
      await this.interrupt('clock_step');
    } finally {
      this.run.reanchor();
    }
  }

  private async interrupt(reason: GapReason): Promise<void> {
    const { run, segment, journal } = this;
    const isDecided = journal.decide();
    if (segment.isOpen) journal.interrupt(reason);
    run.settle();
    await this.closeSegment();
    await journal.writeDecided(isDecided);
    await journal.note();
  }

  private async closeSegment(): Promise<void> {
    if (!this.segment.isOpen) return;
    this.journal.reach(Math.floor(this.segment.endMs));
    this.early.add(await this.segment.close());
  }

  private async refused(error: unknown): Promise<Refused> {
    // A fault of our own counts like a fault of the disk: it stops this camera only, until its next key frame.
    const reason = diskFaultReason(error) ?? 'unknown';
    this.journal.interrupt(reason);
    this.run.settle();
    if (this.segment.isOpen) this.journal.reach(await this.segment.abandon());
    return { state: 'refused', reason, error: error as Error };
  }
}
