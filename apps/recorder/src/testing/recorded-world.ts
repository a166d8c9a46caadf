// A camera, a disk and a clock do what a test tells them, with a FootageLog between them. The world notes what must
// then be on the disk. Every fragment carries its number, so a test can tell which were lost, doubled or stamped
// wrongly. Every hole has a cause that the test made.
import type { GapReason } from '@vr/contracts';
import type { TrackFragment } from '@vr/mp4';
import type { FootageLog } from '../footage/footage-log';
import type { ArrivedFragment } from '../footage/fragment-stream';
import type { Stored } from '../footage/stored';
import type { FaultyDisk, DiskFault } from './faulty-disk';

export type Step =
  | { kind: 'record'; fragments: number }
  | { kind: 'drop'; fragments: number }
  | { kind: 'end'; reason: GapReason; awayMs: number }
  | { kind: 'clock'; stepMs: number }
  /** Somebody sets the clock of a machine that booted in 1970. */
  | { kind: 'setClock' }
  | { kind: 'fault'; fault: DiskFault }
  | { kind: 'mend' }
  | { kind: 'newSets' }
  | { kind: 'kill'; awayMs: number }
  | { kind: 'restart'; awayMs: number };

export interface Delivered {
  id: number;
  /**
   * The camera really saw its first picture at `startMs`, and its last one was over at `endMs`. Both are times of the
   * machine's clock at the arrival.
   */
  startMs: number;
  endMs: number;
  isWritten: boolean;
}
/** Happenings stand in the order in which they happened. `refusal` means that the disk caused it. */
export type Happening = ({ kind: 'fragment' } & Delivered) | { kind: 'cause'; reason: GapReason; refusal: boolean };

const FRAGMENT_MS = 1000;
/** ffmpeg hands a fragment over when the second picture behind it begins to come. */
const PICTURE_MS = 100;
/** An arrival is late by less than this. */
export const JITTER_MS = 300;
const BEGIN_MS = Date.UTC(2026, 10, 23, 10);

export class RecordedWorld {
  readonly happened: Happening[] = [];
  private log: FootageLog;
  private nowMs = 0;
  private run = { zeroMs: 0, next: 0, phase: 0 };
  private init: ArrivedFragment['init'];
  private isDropping = false;
  private isStepped = false;

  constructor(
    private readonly stream: readonly ArrivedFragment[],
    private readonly disk: FaultyDisk,
    private readonly makeLog: () => FootageLog,
    private readonly header: (bytes: Buffer, init: ArrivedFragment['init']) => TrackFragment[],
    private aheadMs = BEGIN_MS,
  ) {
    this.log = makeLog();
    const [first] = stream;
    if (!first) throw new Error('an empty stream');
    this.init = first.init;
  }

  async does(step: Step): Promise<void> {
    if (step.kind === 'record') for (let i = 0; i < step.fragments; i++) await this.deliver(true);
    else if (step.kind === 'drop') for (let i = 0; i < step.fragments; i++) await this.deliver(false);
    else if (step.kind === 'end') await this.endRun(step.reason, step.awayMs);
    else if (step.kind === 'clock') this.stepClock(step.stepMs);
    else if (step.kind === 'setClock') this.setClock();
    else if (step.kind === 'fault') this.disk.breaks(step.fault);
    else if (step.kind === 'mend') this.disk.breaks(undefined);
    else if (step.kind === 'newSets') this.init = { ...this.init };
    else await this.endLife(step.kind, step.awayMs);
  }

  /** Ends the recorder on a healthy disk. */
  async ends(): Promise<void> {
    this.disk.breaks(undefined);
    await this.does({ kind: 'kill', awayMs: 5000 });
    await this.does({ kind: 'record', fragments: 14 });
    await this.log.close('recorder_stopped');
  }

  private async deliver(isTaken: boolean): Promise<void> {
    const { zeroMs, next, phase } = this.run;
    const template = this.stream[(next + phase) % this.stream.length];
    if (!template) throw new Error('an empty stream');
    this.run.next++;
    const id = this.happened.length;
    const seenMs = zeroMs + next * FRAGMENT_MS;
    this.nowMs = Math.max(this.nowMs, seenMs + FRAGMENT_MS + PICTURE_MS + ((id * 7919) % JITTER_MS));
    if (!isTaken || (this.isDropping && !template.video.startsWithKey)) {
      this.isDropping = true;
      return;
    }
    const afterDrop = this.isDropping;
    this.isDropping = false;
    if (afterDrop) this.happened.push({ kind: 'cause', reason: 'disk_slow', refusal: false });
    if (this.isStepped) this.happened.push({ kind: 'cause', reason: 'clock_step', refusal: false });
    this.isStepped = false;
    const fragment = this.fragment(template, next * FRAGMENT_MS, id);
    const arrival = { wallMs: this.nowMs + this.aheadMs, monotonicMs: this.nowMs };
    const stored = await this.log.append({ ...fragment, kind: 'fragment', arrival, afterDrop });
    this.happened.push({
      kind: 'fragment',
      id,
      startMs: seenMs + this.aheadMs,
      endMs: seenMs + this.aheadMs + FRAGMENT_MS,
      isWritten: stored.state === 'written',
    });
    this.note(stored);
  }

  private fragment(template: ArrivedFragment, mediaStartMs: number, id: number): ArrivedFragment {
    const whole = Buffer.concat([template.bytes, ...template.rest]);
    whole.writeUInt32BE(id, whole.length - 4);
    const tracks = this.header(whole, this.init).map((track) => ({
      ...track,
      baseDecodeTime: (mediaStartMs / 1000) * track.track.timescale,
    }));
    const [video] = tracks;
    if (!video) throw new Error('a fragment without pictures');
    const [bytes, rest] = [whole.subarray(0, video.firstSampleOffset), [whole.subarray(video.firstSampleOffset)]];
    return {
      bytes,
      rest,
      sizeBytes: whole.length,
      blocks: [],
      init: this.init,
      tracks,
      video,
      mediaStartMs,
      mediaEndMs: mediaStartMs + FRAGMENT_MS,
    };
  }

  private async endRun(reason: GapReason, awayMs: number): Promise<void> {
    this.happened.push({ kind: 'cause', reason: this.isDropping ? 'disk_slow' : reason, refusal: false });
    this.note(await this.log.endRun(this.isDropping ? 'disk_slow' : reason));
    this.connect(awayMs);
  }

  private async endLife(kind: 'kill' | 'restart', awayMs: number): Promise<void> {
    this.happened.push({
      kind: 'cause',
      reason: kind === 'kill' ? 'recorder_killed' : 'recorder_stopped',
      refusal: false,
    });
    if (kind === 'restart') this.note(await this.log.close('recorder_stopped'));
    await this.disk.closeAll();
    this.log = this.makeLog();
    this.connect(awayMs);
  }

  private connect(awayMs: number): void {
    this.nowMs += awayMs;
    this.isDropping = false;
    this.run = { zeroMs: this.nowMs, next: 0, phase: this.happened.length % this.stream.length };
  }

  /** Allows one step between two fragments, because the sum of two might be too small for a step. */
  private stepClock(stepMs: number): void {
    if (this.isStepped) return;
    this.aheadMs += stepMs;
    this.isStepped = true;
  }

  /** Expects all fragments since the boot at their true times. */
  private setClock(): void {
    const stepMs = BEGIN_MS - this.aheadMs;
    for (const each of this.happened) {
      if (each.kind !== 'fragment') continue;
      each.startMs += stepMs;
      each.endMs += stepMs;
    }
    this.aheadMs = BEGIN_MS;
  }

  private note(stored: Stored | { state: 'refused'; reason: GapReason } | undefined): void {
    if (stored?.state === 'refused') this.happened.push({ kind: 'cause', reason: stored.reason, refusal: true });
  }
}
