/**
 * The segment that is being written.
 *
 *     none ── begin() ──▶ open ── close() ──▶ none
 *      ▲                   │
 *      │                   │ the disk refuses to close it, or abandon()
 *      └──── finish() ── torn
 *
 * `torn`: the file still has its open name. `finish()` recovers it before the next segment begins.
 * Invariants: there is one segment at a time; its first fragment begins with a key frame.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { errorCode } from '@vr/base';
import { listSegments, recoverSegment, SegmentWriter, type Recovered, type Segment } from '@vr/footage';
import type { InitSegment } from '@vr/mp4';
import type { QueuedFragment } from './fragment-queue';
import { isPlausible } from './machine-clock';
import type { RecordingsVolume } from './recordings-volume';

type State =
  | { name: 'none' }
  /** `owedMs`: the clock was set for the first time, and the file has not moved by this yet. */
  | { name: 'open'; writer: SegmentWriter; owedMs?: number | undefined }
  /** `moveMs`: as `owedMs`; it moves once it is finished. */
  | { name: 'torn'; segment: Segment; moveMs?: number | undefined };

/** What became of a torn segment. */
export interface Finished {
  /** The closed file. Absent where nothing of it could be kept. */
  closed?: Segment;
  /** How far it must move, because the clock was set since it was begun. */
  moveMs?: number | undefined;
  /** Absent where the file had been closed after all, or is gone. */
  recovered?: Recovered;
  /** Up to where it really holds footage. The kernel may have taken more than it could write. */
  endMs?: number;
}

export class OpenSegment {
  private state: State = { name: 'none' };
  /** Not of this segment alone: a run's first fragments are seconds that came in one burst, and are synced at once. */
  private syncedAtMs = -Infinity;
  private isEmpty = true;

  constructor(
    private readonly volume: RecordingsVolume,
    private readonly cameraId: string,
    /** Between two fdatasync: the most that a power cut may cost. */
    private readonly syncMs: number,
  ) {}

  get isOpen(): boolean {
    return this.state.name === 'open';
  }

  /** Wall time at which it begins; it is whole ms. */
  get startMs(): number {
    return this.writer.startMs;
  }

  /** Wall time up to which it holds footage. */
  get endMs(): number {
    return this.writer.endMs;
  }

  get init(): InitSegment {
    return this.writer.initSegment;
  }

  async begin(init: InitSegment, startMs: number): Promise<void> {
    assert(this.state.name === 'none', 'a segment was begun while another one is open or torn');
    const writer = await SegmentWriter.open(this.volume.path, this.cameraId, init, startMs);
    this.state = { name: 'open', writer };
    this.isEmpty = true;
  }

  /** `offsetMs`: from the run's media time to wall time. */
  async append({ bytes, rest, tracks, video }: QueuedFragment, offsetMs: number): Promise<void> {
    assert(!this.isEmpty || video.startsWithKey, 'a segment would begin without a key frame');
    await this.writer.append({ bytes, rest, tracks, video, offsetMs });
    this.isEmpty = false;
  }

  async syncWhenDue(nowMonotonicMs: number): Promise<void> {
    if (nowMonotonicMs - this.syncedAtMs < this.syncMs) return;
    this.syncedAtMs = nowMonotonicMs;
    await this.writer.sync();
  }

  /** Its footage turned out to have begun then: the file gets another name, and its end moves along. */
  async moveStart(startMs: number): Promise<void> {
    await this.writer.moveStart(startMs);
  }

  /** The clock was set for the first time: what is open, or torn from before that, owes a move by this much. */
  clockWasSet(stepMs: number): void {
    if (this.state.name === 'open') this.state.owedMs = stepMs;
    if (this.state.name === 'torn' && !isPlausible(this.state.segment.startMs)) this.state.moveMs ??= stepMs;
  }

  /** Moves the open file by what it owes. */
  async moveOwed(): Promise<void> {
    if (this.state.name !== 'open' || this.state.owedMs === undefined) return;
    await this.moveStart(this.startMs + this.state.owedMs);
    this.state.owedMs = undefined;
  }

  /** Gives the file its final name. Where the disk refuses, the segment is torn. */
  async close(): Promise<Segment> {
    const { writer } = this;
    this.state = { name: 'torn', segment: writer.segment };
    const endMs = Math.floor(writer.endMs);
    const path = await writer.close();
    this.state = { name: 'none' };
    return { ...writer.segment, path, fileName: basename(path), endMs };
  }

  /** Lets go of a file that the disk does not take more of. @returns the wall time up to which it holds footage */
  async abandon(): Promise<number> {
    assert(this.state.name === 'open', 'a segment was abandoned that is not open');
    const { writer, owedMs } = this.state;
    this.state = { name: 'torn', segment: writer.segment, moveMs: owedMs };
    const endMs = Math.floor(writer.endMs) + (owedMs ?? 0);
    await writer.abandon().catch(() => undefined); // the error that brought us here says what is wrong
    return endMs;
  }

  /** Finishes a torn segment; undefined where there is none. What the disk refuses stays torn. */
  async finish(): Promise<Finished | undefined> {
    if (this.state.name !== 'torn') return undefined;
    const { segment, moveMs } = this.state;
    const finished = { ...(await this.recover(segment)), moveMs };
    this.state = { name: 'none' };
    return finished;
  }

  private async recover(segment: Segment): Promise<Pick<Finished, 'closed' | 'recovered' | 'endMs'>> {
    try {
      const recovered = await recoverSegment(this.volume.path, segment);
      const { path, endMs } = recovered;
      if (endMs === undefined) return { recovered, endMs: segment.startMs };
      return { recovered, endMs, closed: { ...segment, path, fileName: basename(path), endMs } };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // It was closed after all, and only its folder could not be synced; or it is gone with its disk, and another disk
      // is mounted now.
      const all = await listSegments(this.volume.path, segment.cameraId);
      const closed = all.find(({ startMs }) => startMs === segment.startMs);
      return closed ? { closed } : {};
    }
  }

  private get writer(): SegmentWriter {
    assert(this.state.name === 'open', 'there is no open segment');
    return this.state.writer;
  }
}
