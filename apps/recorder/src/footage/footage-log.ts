/**
 * One camera's footage as it is written: runs become segments, interruptions become lines in gaps.jsonl.
 * Invariants: a segment holds no interruption, has one init and begins with a key frame; segments of a camera do not
 * overlap in time, but where a clock was set back, and then a line says so that ends before it begins, where the later
 * one begins. Whatever the disk refuses is no error here but an answer: the segment ends, and the next key frame is the
 * next try.
 */
import { basename } from 'node:path';
import type { GapReason } from '@vr/contracts';
import { appendGap, listSegments, recoverSegment, removeOpenGap, SegmentWriter, writeOpenGap } from '@vr/footage';
import type { Gap, Recovered, Segment } from '@vr/footage';
import type { InitSegment } from '@vr/mp4';
import { diskFaultReason } from './disk-fault';
import { EarlyFootage, isPlausible, shifted } from './early-footage';
import type { Instant, QueuedFragment } from './fragment-queue';
import { finishPastFootage } from './past-footage';
import { Pauses } from './pauses';
import type { RecordingsVolume } from './recordings-volume';
import { areAlike, RunTimes, SETTLE_MS, type StampFaults } from './run-times';
import type { Refused, Stored } from './stored';

export interface FootageLogOptions {
  volume: RecordingsVolume;
  cameraId: string;
  segmentMs: number;
  /** Between two fdatasync: the most that a power cut may cost. */
  syncMs: number;
  onGap: (lengthMs: number, reason: GapReason) => void;
  /** At the beginning, and whenever it changes. */
  onTimes: (faults: StampFaults) => void;
  onRecovered: (recovered: Recovered) => void;
}

const SEAM_MS = 20;
/** A step of the machine's clock ends the segment; less is drift, or NTP at work. */
const CLOCK_STEP_MS = 2000;
/** So much of its buffered past a camera sends again when it is connected anew; more is a clock that was set back. */
const REPEATED_MS = 5000;

export class FootageLog {
  private times = new RunTimes();
  private writer: SegmentWriter | undefined;
  /** A run's first fragments are seconds that came in one burst: they are synced at once. */
  private syncedAtMs = -Infinity;
  private endMs: number | undefined;
  /** Why nothing follows on the last segment; undefined while one segment follows the other. */
  private interruption: GapReason | undefined;
  /** The next segment begins where its clock says, even where footage stands already. */
  private setBack = false;
  /**
   * The first segment after an interruption, while its start may still move. Where a clock was set back, `fromMs` is
   * behind it.
   */
  private young: { mediaStartMs: number; startMs: number; gap?: { fromMs: number; reason: GapReason } } | undefined;
  private unwritten: Gap[] = [];
  /** A segment that the disk would not let us close: it still has its open name. */
  private torn: { segment: Segment; moveMs?: number | undefined } | undefined;
  /**
   * The clock was set for the first time, and the open segment has not moved by this yet. Without an open segment
   * nothing is owed.
   */
  private owedMs: number | undefined;
  private pastIsRead = false;
  private previous: Instant | undefined;
  private pauses = new Pauses();
  private told: StampFaults | undefined;
  private readonly early = new EarlyFootage();

  constructor(private readonly options: FootageLogOptions) {}

  async append(fragment: QueuedFragment): Promise<Stored> {
    try {
      if (fragment.afterDrop) await this.interrupt('disk_slow');
      await this.followClock(fragment.arrival);
      const loweredMs = this.times.place(fragment);
      this.tellFaults(this.times.stampFaults);
      return await this.store(fragment, loweredMs);
    } catch (error) {
      return await this.refused(error);
    }
  }

  /**
   * Ends the run: what comes next is a new one, and what lies between is a gap with this reason. Answers what the disk
   * refused, if it did.
   */
  async endRun(reason: GapReason): Promise<Refused | undefined> {
    try {
      await this.interrupt(reason);
      return undefined;
    } catch (error) {
      return await this.refused(error);
    } finally {
      this.times = new RunTimes();
      this.pauses = new Pauses();
    }
  }

  /** The recorder ends. What is known of gaps is written, also where the time never got known. */
  async close(reason: GapReason): Promise<Refused | undefined> {
    for (const gap of this.early.takeGaps()) if (gap.endMs > gap.startMs) this.unwritten.push(gap);
    return this.endRun(reason);
  }

  private tellFaults(faults: StampFaults): void {
    if (this.told && areAlike(this.told, faults)) return;
    this.told = faults;
    this.options.onTimes(faults);
  }

  private async store(
    { bytes, rest, tracks, init, video, mediaStartMs, mediaEndMs, arrival }: QueuedFragment,
    loweredMs: number,
  ): Promise<Stored> {
    if (this.writer && loweredMs > 0) await this.lowerStart(this.writer);
    const startMs = this.times.wallMs(mediaStartMs);
    if (this.writer && video.startsWithKey && this.isFull(this.writer, startMs, init, mediaEndMs)) {
      this.times.settle(); // only a run's first segment can still be moved
      await this.closeSegment();
    }
    // nothing decodes before a key frame
    this.writer ??= video.startsWithKey ? await this.openSegment(init, mediaStartMs, startMs) : undefined;
    if (!this.writer) return { state: 'waiting' };
    const paused = this.pauses.endsWithOne(bytes, video, mediaStartMs);
    await this.writer.append({ bytes, rest, tracks, video, offsetMs: startMs - mediaStartMs });
    const wallEndMs = this.writer.endMs;
    this.endMs = wallEndMs;
    if (this.young && mediaEndMs - this.young.mediaStartMs > SETTLE_MS) await this.settleGap();
    if (arrival.monotonicMs - this.syncedAtMs >= this.options.syncMs) {
      this.syncedAtMs = arrival.monotonicMs;
      await this.writer.sync();
    }
    if (paused) await this.interrupt('camera_stalled');
    return { state: 'written', wallEndMs, mediaMs: wallEndMs - startMs };
  }

  /**
   * A run's first segment is as long as it takes to know when it began: over a network that jitters some 20 arrivals.
   */
  private isFull(writer: SegmentWriter, wallMs: number, init: InitSegment, mediaEndMs: number): boolean {
    if (init !== writer.initSegment) return true;
    return wallMs - writer.startMs >= this.options.segmentMs && this.times.isSettled(mediaEndMs);
  }

  private async openSegment(
    init: InitSegment,
    mediaStartMs: number,
    wallStartMs: number,
  ): Promise<SegmentWriter | undefined> {
    const { volume, cameraId } = this.options;
    await volume.check();
    if (!this.pastIsRead) await this.readPast();
    if (this.torn) await this.finishTorn(this.torn);
    await this.early.moveDue(volume.path);
    await this.writeGaps();
    const overlapMs = (this.endMs ?? -Infinity) - wallStartMs;
    // those instants stand already
    if (overlapMs > SEAM_MS && overlapMs < REPEATED_MS && !this.setBack) return undefined;
    const startMs = Math.floor(overlapMs > 0 && overlapMs <= SEAM_MS ? wallStartMs + overlapMs : wallStartMs);
    // Only a line with this reason tells of footage that stands twice.
    if (overlapMs > SEAM_MS && isPlausible(startMs)) this.interruption = 'clock_step';
    await this.noteInterruption(isPlausible(startMs) ? startMs : undefined);
    const writer = await SegmentWriter.open(volume.path, cameraId, init, startMs);
    if (this.interruption)
      this.young = { mediaStartMs, startMs, gap: { fromMs: this.endMs ?? startMs, reason: this.interruption } };
    else if (this.endMs === undefined) this.young = { mediaStartMs, startMs };
    this.interruption = undefined;
    this.setBack = false;
    return writer;
  }

  /** In gap.json: a recorder that is killed in the middle of an interruption does not take the reason with it. */
  private async noteInterruption(nextMs?: number): Promise<void> {
    const { volume, cameraId } = this.options;
    if (this.interruption === undefined || this.endMs === undefined) return;
    await volume.check();
    await writeOpenGap(volume.path, cameraId, { startMs: this.endMs, reason: this.interruption, nextMs });
  }

  private async readPast(): Promise<void> {
    const { recovered, last } = await finishPastFootage(this.options.volume.path, this.options.cameraId);
    recovered.forEach((each) => this.options.onRecovered(each));
    this.pastIsRead = true;
    this.endMs = last?.endMs;
    this.interruption = last?.reason;
  }

  private async finishTorn({ segment, moveMs }: NonNullable<typeof this.torn>): Promise<void> {
    try {
      const recovered = await recoverSegment(this.options.volume.path, segment);
      const { path, endMs } = recovered;
      // The kernel had taken more than it could write.
      this.endMs = Math.min(this.endMs ?? Infinity, (endMs ?? segment.startMs) + (moveMs ?? 0));
      if (endMs !== undefined) this.early.addSegment({ ...segment, path, fileName: basename(path), endMs }, moveMs);
      this.options.onRecovered(recovered);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Closed after all, where only its folder could not be synced; or gone with its disk: another one is mounted now.
      const closed = (await listSegments(this.options.volume.path, segment.cameraId)).find(
        ({ startMs }) => startMs === segment.startMs,
      );
      if (closed) this.early.addSegment(closed, moveMs);
    }
    this.torn = undefined;
  }

  /** All stamps of the young run were late by the same length; only its first segment exists yet. */
  private async lowerStart(writer: SegmentWriter): Promise<void> {
    if (!this.young) return;
    const { mediaStartMs, gap } = this.young;
    const before = gap === undefined || gap.fromMs > writer.startMs ? -Infinity : gap.fromMs;
    const overlapMs = before - this.times.wallMs(mediaStartMs);
    if (overlapMs > 0) this.times.delay(overlapMs);
    const startMs = Math.floor(this.times.wallMs(mediaStartMs));
    if (startMs >= writer.startMs) return;
    await writer.moveStart(startMs);
    this.young.startMs = startMs;
  }

  private async followClock(arrival: Instant): Promise<void> {
    const before = this.previous;
    this.previous = arrival;
    if (!before) return;
    const stepMs = Math.round(arrival.wallMs - before.wallMs - (arrival.monotonicMs - before.monotonicMs));
    if (Math.abs(stepMs) <= CLOCK_STEP_MS) return;
    if (!isPlausible(before.wallMs) && isPlausible(arrival.wallMs)) await this.moveEarly(stepMs);
    else await this.reanchor();
  }

  /**
   * The clock was set for the first time: what was recorded so far moves to its true time, and nothing is interrupted.
   */
  private async moveEarly(stepMs: number): Promise<void> {
    this.times.shift(stepMs);
    this.owedMs = this.writer && stepMs;
    if (this.torn && !isPlausible(this.torn.segment.startMs)) this.torn.moveMs ??= stepMs;
    for (const gap of this.early.setClock(stepMs)) this.unwritten.push(gap);
    if (this.endMs !== undefined) this.endMs = shifted(this.endMs, stepMs);
    if (this.young) {
      this.young.startMs += stepMs;
      if (this.young.gap) this.young.gap.fromMs = shifted(this.young.gap.fromMs, stepMs);
    }
    await this.noteInterruption();
    if (this.young?.gap)
      await writeOpenGap(this.options.volume.path, this.options.cameraId, {
        startMs: this.young.gap.fromMs,
        reason: this.young.gap.reason,
      });
    if (this.writer) await this.writer.moveStart(this.writer.startMs + stepMs);
    this.owedMs = undefined;
    await this.early.moveDue(this.options.volume.path);
    await this.writeGaps();
  }

  /** The machine's clock was set: media time and wall clock are put together anew, with a new segment. */
  private async reanchor(): Promise<void> {
    this.setBack = true;
    try {
      await this.interrupt('clock_step');
    } finally {
      this.times.reanchor();
    }
  }

  private async interrupt(reason: GapReason): Promise<void> {
    if (this.writer) this.interruption = reason;
    this.times.settle();
    await this.closeSegment();
    await this.settleGap();
    await this.noteInterruption();
  }

  private async closeSegment(): Promise<void> {
    const { writer } = this;
    if (!writer) return;
    this.writer = undefined;
    this.torn = { segment: writer.segment };
    this.endMs = Math.floor(writer.endMs);
    const path = await writer.close();
    this.torn = undefined;
    this.early.addSegment({
      cameraId: this.options.cameraId,
      path,
      fileName: basename(path),
      startMs: writer.startMs,
      endMs: this.endMs,
    });
  }

  private async refused(error: unknown): Promise<Refused> {
    // A fault of our own is this camera's, as the disk's are: the next key frame begins anew.
    const reason = diskFaultReason(error) ?? 'unknown';
    const { writer } = this;
    this.interruption ??= reason;
    this.times.settle();
    this.decideGap();
    if (writer) {
      this.writer = undefined;
      this.torn = { segment: writer.segment, moveMs: this.owedMs };
      this.endMs = Math.floor(writer.endMs) + (this.owedMs ?? 0);
      this.owedMs = undefined;
      await writer.abandon().catch(() => undefined); // it said what is wrong already
    }
    return { state: 'refused', reason, error: error as Error };
  }

  /** The last interruption's line is written, and gap.json is needed no more. */
  private async settleGap(): Promise<void> {
    const isDecided = this.decideGap();
    await this.writeGaps();
    if (isDecided) await removeOpenGap(this.options.volume.path, this.options.cameraId);
  }

  /** The segment after the last interruption moves no more: its line is known. False: there was none. */
  private decideGap(): boolean {
    const young = this.young;
    this.young = undefined;
    if (!young?.gap) return false;
    const gap = { startMs: young.gap.fromMs, endMs: young.startMs, reason: young.gap.reason };
    const seamless = Math.abs(gap.endMs - gap.startMs) <= SEAM_MS;
    if (!seamless && !this.early.addGap(gap)) this.unwritten.push(gap);
    return true;
  }

  private async writeGaps(): Promise<void> {
    for (let gap = this.unwritten[0]; gap; gap = this.unwritten[0]) {
      await appendGap(this.options.volume.path, this.options.cameraId, gap);
      this.unwritten.shift();
      this.options.onGap(Math.max(0, gap.endMs - gap.startMs), gap.reason);
    }
  }
}
