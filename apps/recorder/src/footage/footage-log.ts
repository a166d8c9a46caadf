/**
 * One camera's footage as it is written: runs become segments, interruptions become lines in gaps.jsonl.
 * Invariant: segments of a camera never overlap; a segment holds no interruption and begins with a key frame.
 */
import { appendGap, recoverSegments, RunClock, SegmentWriter, type InitSegment } from '@vr/footage';
import type { GapReason } from '@vr/contracts';
import type { ArrivedFragment } from './fragment-stream';

export interface FootageLogOptions {
  recordingsDir: string;
  cameraId: string;
  segmentMs: number;
  /** Until here footage exists from earlier lives, and why it stopped. */
  last?: { endMs: number; reason: GapReason };
  onGap: (lengthMs: number, reason: GapReason) => void;
  /** The disk would not take the end of a segment or the line of a gap: it is tried again with the next run. */
  onFault: (error: unknown) => void;
}

/** What became of a fragment: written, or the run must end for a reason. */
export type Written = { wallEndMs: number } | { broken: GapReason };

const SEAM_MS = 20;
const CLOCK_STEP_MS = 5000;
/** A run's start may still be found to be earlier for this long; only then its gap is known for good. */
const SETTLE_MS = 10_000;

export class FootageLog {
  private clock = new RunClock({ settleMs: SETTLE_MS });
  private writer: SegmentWriter | undefined;
  private lastEndMs: number | undefined;
  private reason: GapReason;
  private runStartedAt: number | undefined;
  /** A segment could not be closed and still has its open name. */
  private torn = false;
  private interruption: { startMs: number; reason: GapReason } | undefined;

  constructor(private readonly options: FootageLogOptions) {
    this.lastEndMs = options.last?.endMs;
    this.reason = options.last?.reason ?? 'unknown';
  }

  /** Where the footage ends: the start of the gap, when nothing comes. */
  get endMs(): number | undefined {
    return this.lastEndMs;
  }

  async append(fragment: ArrivedFragment, init: InitSegment, arrivalMs: number): Promise<Written> {
    const { mediaStartMs, mediaEndMs } = fragment;
    const { loweredMs, broken } = this.clock.observe({ mediaStartMs, mediaEndMs, arrivalMs });
    if (broken) return { broken: 'clock_step' };
    if (this.writer && loweredMs > 0) await this.lowerStart(this.writer);
    const startMs = this.clock.wallMs(mediaStartMs);
    if (this.writer && fragment.video.startsWithKey && startMs - this.writer.startMs >= this.options.segmentMs) {
      this.clock.settle(); // only a run's first segment can still be moved
      await this.closeSegment();
    }
    this.writer ??= await this.openSegment(init, startMs, fragment.video.startsWithKey);
    if (!this.writer) return { wallEndMs: startMs };
    const offsetMs = startMs - mediaStartMs;
    await this.writer.append({ bytes: fragment.bytes, tracks: fragment.tracks, video: fragment.video, offsetMs });
    this.lastEndMs = this.writer.endMs;
    if (this.runStartedAt !== undefined && mediaEndMs - this.runStartedAt > SETTLE_MS) await this.writeInterruption();
    return { wallEndMs: this.writer.endMs };
  }

  async sync(): Promise<void> {
    await this.writer?.sync();
  }

  /** Ends the run: what comes next is a new one, and what lies between is a gap with this reason. */
  async endRun(reason: GapReason): Promise<void> {
    if (this.writer) this.reason = reason;
    try {
      await this.closeSegment();
      await this.writeInterruption();
    } catch (error) {
      this.options.onFault(error);
    }
    this.clock = new RunClock({ settleMs: SETTLE_MS });
    this.runStartedAt = undefined;
  }

  private async openSegment(init: InitSegment, wallStartMs: number, key: boolean): Promise<SegmentWriter | undefined> {
    if (!key) return undefined; // nothing decodes before the first key frame
    const { recordingsDir, cameraId } = this.options;
    const overlapMs = (this.lastEndMs ?? -Infinity) - wallStartMs;
    // A camera that sends its buffered past again: those instants stand already. (A clock that was set back is no overlap.)
    if (overlapMs > SEAM_MS && overlapMs < CLOCK_STEP_MS) return undefined;
    const startMs = overlapMs > 0 && overlapMs <= SEAM_MS ? Math.floor(this.lastEndMs ?? 0) : Math.floor(wallStartMs);
    if (this.torn) {
      await recoverSegments(recordingsDir, [cameraId]);
      this.torn = false;
    }
    if (this.runStartedAt === undefined) {
      this.runStartedAt = wallStartMs - this.clock.wallMs(0);
      if (this.lastEndMs !== undefined) this.interruption ??= { startMs: Math.floor(this.lastEndMs), reason: this.reason };
    }
    return SegmentWriter.open(recordingsDir, cameraId, init, startMs);
  }

  /** All stamps of the young run were late by the same length; only its first segment exists yet. */
  private async lowerStart(writer: SegmentWriter): Promise<void> {
    if (this.runStartedAt === undefined) return;
    const startMs = Math.max(Math.floor(this.clock.wallMs(this.runStartedAt)), this.interruption?.startMs ?? -Infinity);
    if (startMs < writer.startMs) await writer.moveStart(startMs);
  }

  private async closeSegment(): Promise<void> {
    const writer = this.writer;
    this.writer = undefined;
    if (!writer) return;
    this.lastEndMs = Math.floor(writer.endMs);
    this.torn = true;
    await writer.close();
    this.torn = false;
  }

  private async writeInterruption(): Promise<void> {
    const interruption = this.interruption;
    if (!interruption || this.runStartedAt === undefined) return;
    const gap = { ...interruption, endMs: Math.floor(this.clock.wallMs(this.runStartedAt)) };
    if (gap.endMs - gap.startMs > SEAM_MS) {
      await appendGap(this.options.recordingsDir, this.options.cameraId, gap);
      this.options.onGap(gap.endMs - gap.startMs, gap.reason);
    }
    this.interruption = undefined;
  }
}
