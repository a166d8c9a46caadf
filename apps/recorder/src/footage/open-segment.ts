/**
 * The segment that the recorder is writing.
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
  /** `owedMs`: the clock was set for the first time, and the file must still move by so much. */
  | { name: 'open'; writer: SegmentWriter; owedMs?: number | undefined }
  /** `moveMs`: the same debt. The file moves once it is finished. */
  | { name: 'torn'; segment: Segment; moveMs?: number | undefined };

/** Says what became of a torn segment. */
export interface Finished {
  /** The closed file. It is absent if recovery could keep nothing of the file. */
  closed?: Segment;
  /** The file must move by so much, because the clock was set after the segment began. */
  moveMs?: number | undefined;
  /** It is absent if the file turned out to be closed, or is gone. */
  recovered?: Recovered;
  /** The file really holds footage up to here. The kernel may have taken more than it could write. */
  endMs?: number;
}

export class OpenSegment {
  private state: State = { name: 'none' };
  /** It outlives a segment, so a run's first fragments are synced at once. They are seconds that came in one burst. */
  private syncedAtMs = -Infinity;
  private isEmpty = true;

  constructor(
    private readonly volume: RecordingsVolume,
    private readonly cameraId: string,
    /** The time between two fdatasync calls. A power cut costs at most so much footage. */
    private readonly syncMs: number,
    private readonly timeSync: (sync: () => Promise<void>) => Promise<void> = (sync) => sync(),
  ) {}

  get isOpen(): boolean {
    return this.state.name === 'open';
  }

  /** The wall time at which it begins, in whole ms. */
  get startMs(): number {
    return this.writer.startMs;
  }

  /** The wall time up to which it holds footage. */
  get endMs(): number {
    return this.writer.endMs;
  }

  get init(): InitSegment {
    return this.writer.initSegment;
  }

  async begin(init: InitSegment, startMs: number): Promise<void> {
    assert(this.state.name === 'none', 'a segment cannot begin while another one is open or torn');
    const writer = await SegmentWriter.open(this.volume.path, this.cameraId, init, startMs);
    this.state = { name: 'open', writer };
    this.isEmpty = true;
  }

  /** `offsetMs` leads from the run's media time to wall time. */
  async append({ bytes, rest, tracks, video }: QueuedFragment, offsetMs: number): Promise<void> {
    assert(!this.isEmpty || video.startsWithKey, 'a segment cannot begin without a key frame');
    await this.writer.append({ bytes, rest, tracks, video, offsetMs });
    this.isEmpty = false;
  }

  async syncWhenDue(nowMonotonicMs: number): Promise<void> {
    if (nowMonotonicMs - this.syncedAtMs < this.syncMs) return;
    this.syncedAtMs = nowMonotonicMs;
    const { writer } = this;
    await this.timeSync(() => writer.sync());
  }

  /** The segment's footage really began at `startMs`. The file gets another name, and its end moves along. */
  async moveStart(startMs: number): Promise<void> {
    await this.writer.moveStart(startMs);
  }

  /** The clock was set for the first time. An open segment, or one torn before that, must move by this much. */
  clockWasSet(stepMs: number): void {
    if (this.state.name === 'open') this.state.owedMs = stepMs;
    if (this.state.name === 'torn' && !isPlausible(this.state.segment.startMs)) this.state.moveMs ??= stepMs;
  }

  /** Moves the open file if it must still move. */
  async moveOwed(): Promise<void> {
    if (this.state.name !== 'open' || this.state.owedMs === undefined) return;
    await this.moveStart(this.startMs + this.state.owedMs);
    this.state.owedMs = undefined;
  }

  /** Gives the file its final name. If the disk refuses, the segment is torn. */
  async close(): Promise<Segment> {
    const { writer } = this;
    this.state = { name: 'torn', segment: writer.segment };
    const endMs = Math.floor(writer.endMs);
    const path = await writer.close();
    this.state = { name: 'none' };
    return { ...writer.segment, path, fileName: basename(path), endMs };
  }

  /** Gives up a file because the disk takes no more of it. @returns the wall time up to which it holds footage */
  async abandon(): Promise<number> {
    assert(this.state.name === 'open', 'only an open segment can be abandoned');
    const { writer, owedMs } = this.state;
    this.state = { name: 'torn', segment: writer.segment, moveMs: owedMs };
    const endMs = Math.floor(writer.endMs) + (owedMs ?? 0);
    await writer.abandon().catch(() => undefined); // the caller's own error already says what is wrong
    return endMs;
  }

  /** Finishes a torn segment, and gives undefined if there is none. If the disk refuses, the segment stays torn. */
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
      // Either the file was closed and only the sync of its folder failed, or the file is gone with its disk and
      // another disk is mounted now.
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
