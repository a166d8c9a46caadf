/**
 * Records one camera for as long as it is configured. It connects and records. When the stream ends for whatever
 * reason, it says why, waits a little and begins again. It knows nothing of the other cameras and stops only when told.
 * It has two loops with a queue between them: one follows the camera and never waits for the disk, the other writes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { errorText, type Clock } from '@vr/base';
import { TimeLine } from '@vr/footage';
import { BoxError, type InitSegment } from '@vr/mp4';
import type { RecordedStream, CameraState, GapReason } from '@vr/contracts';
import type { BlockPool } from '../footage/block-pool';
import type { FootageLog } from '../footage/footage-log';
import { FragmentQueue, type QueuedFragment, type QueueItem } from '../footage/fragment-queue';
import type { ArrivedFragment } from '../footage/fragment-stream';
import { IntraJoiner } from '../footage/intra-joiner';
import type { Refused, Stored } from '../footage/stored';
import { BackOff } from './back-off';
import type { CameraEvents } from './camera-events';
import type { CameraSource, SourceRun, StreamLosses } from './camera-source';
import { endReason, unsupportedCodec } from './end-reason';
import { untilNextTry } from './next-try';
import { StreamFaults } from './stream-faults';
import type { Turnstile } from './turnstile';
import { Watchdog } from './watchdog';

export interface CameraRecordingOptions {
  camera: RecordedStream;
  source: CameraSource;
  log: FootageLog;
  events: CameraEvents;
  clock: Clock;
  pool: BlockPool;
  /** All cameras share it. */
  turnstile: Turnstile;
  /**
   * The stream has stalled if no fragment comes for this long, or for three times the last one's length (watchdog.ts).
   * A picture that lasts far too long within a stream is a pause: see `cutPause` in libs/footage.
   */
  stallMs: number;
  /** So much may wait for the disk before the queue drops whole GOPs. */
  bufferBytes: number;
}

interface RunEnd {
  reason: GapReason;
  detail: string;
  recordedMs: number;
  /** The codec, if the recorder cannot record it. */
  codec?: string | undefined;
}

/** The patience with a source that sends nothing before its first key frame. Nearly all cameras have shorter GOPs. */
const KEY_FRAME_WITHIN_MS = 60_000;

/** ffmpeg decodes seven pictures of H.264 before it says anything, and some cameras send one picture a second. */
const FIRST_TIMES_STALL = 2;
const TOO_SLOW = 'it does not write as fast as the camera sends; the recorder drops whole GOPs';

/** The recorder cannot follow the camera's time stamps any more. */
class TornTimeLine extends Error {}

export class CameraRecording {
  private readonly backOff = new BackOff();
  private readonly faults: StreamFaults;
  private readonly stopping = new AbortController();
  private readonly queue: FragmentQueue;
  private following: Promise<void> | undefined;
  private writing: Promise<void> | undefined;
  /** The init segment of the last fragments. Another one means that the stream changed. */
  private init: InitSegment | undefined;
  private refusal: GapReason | undefined;
  private connected = false;
  private said = '';
  /** Of the run under way. */
  private toldLosses: StreamLosses = { packets: 0, pictures: 0 };
  /** The last request to the source: the camera as it is configured, but without what broke its stream. */
  private asked: RecordedStream;

  constructor(private readonly options: CameraRecordingOptions) {
    this.queue = new FragmentQueue(options.bufferBytes, options.pool);
    this.faults = new StreamFaults(options.clock);
    this.asked = options.camera;
  }

  start(): void {
    this.following ??= this.follow();
    this.writing ??= this.queue.drain((item) => this.store(item));
  }

  /** Ends the run, writes what waits for the disk and closes the open segment. The footage then ends with `reason`. */
  async stop(reason: GapReason): Promise<void> {
    this.stopping.abort();
    await this.following;
    this.queue.close();
    await this.writing;
    this.answer(await this.options.log.close(reason));
  }

  private async follow(): Promise<void> {
    const { camera, events, source } = this.options;
    const stopped = (): boolean => this.stopping.signal.aborted;
    while (!stopped()) {
      this.say('connecting');
      await this.unlessStopped((wait) => this.options.turnstile.pass(wait));
      if (stopped()) break;
      const end = await this.recordOnce();
      this.connected = false;
      if (stopped()) break;
      this.queue.endRun(end.reason);
      events.restart(camera.id, end.reason, end.detail);
      const adapted = this.faults.ended(end.reason, this.asked.audio === 'on');
      if (adapted !== undefined) events.adapted(camera.id, adapted);
      const changed = source.ended(this.asked, end.reason);
      if (changed !== undefined) {
        events.adapted(camera.id, changed);
        continue; // The camera is there. Nothing that a wait would mend is wrong.
      }
      this.say(stateAfter(end.reason), end.codec ?? end.reason);
      await this.pause(this.backOff.nextMs(end.reason, end.recordedMs), end.reason);
    }
  }

  /** Runs one source from start to end. It never throws, because every fault becomes the reason of the end. */
  private async recordOnce(): Promise<RunEnd> {
    const { clock, source, camera, events, pool, stallMs } = this.options;
    this.asked = this.faults.leavesSoundOut ? { ...camera, audio: 'off' } : camera;
    let run: SourceRun | undefined;
    let firstMs: number | undefined;
    const joiner = new IntraJoiner(pool);
    const end = (): void => void run?.end();
    let watchdog: Watchdog | undefined;
    const recordedMs = (): number => (firstMs === undefined ? 0 : clock.monotonicMs() - firstMs);
    this.stopping.signal.addEventListener('abort', end);
    try {
      this.toldLosses = { packets: 0, pictures: 0 };
      run = await source.open(this.asked, pool); // may take long: the first call finds out which encoder works
      if (this.stopping.signal.aborted) await run.end();
      const firstMostMs = FIRST_TIMES_STALL * stallMs;
      const patienceMs = run.waitsForKeyFrame ? Math.max(firstMostMs, KEY_FRAME_WITHIN_MS) : firstMostMs;
      const silent = (watchdog = new Watchdog(patienceMs, end));
      this.connected = true;
      events.readBy(camera.id, run.source);
      const timeLine = new TimeLine({ mayStandStill: this.faults.bearsStandstill });
      const take = (fragment: ArrivedFragment): void => {
        const arrival = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
        firstMs ??= arrival.monotonicMs;
        const torn = timeLine.tornBy(fragment, arrival.monotonicMs);
        silent.alive(fragment.mediaEndMs - fragment.mediaStartMs, stallMs);
        if (torn?.isLastGood === false) pool.giveBack(fragment.blocks);
        else if (!this.queue.offer(fragment, arrival)) this.refuse('disk_slow', TOO_SLOW);
        this.tellLosses(run);
        if (torn) throw new TornTimeLine(torn.why);
      };
      await run.read((fragment) => {
        for (const whole of joiner.take(fragment)) take(whole);
      });
      for (const whole of joiner.flush()) take(whole);
      this.tellLosses(run);
      const ending = await run.ending();
      const silence = firstMs === undefined ? 'camera_timeout' : 'camera_stalled';
      const reason = silent.fired ? silence : endReason(ending);
      return { reason, detail: ending.lastWords, recordedMs: recordedMs(), codec: unsupportedCodec(ending) };
    } catch (error) {
      const detail = errorText(error);
      return {
        reason: error instanceof BoxError || error instanceof TornTimeLine ? 'stream_invalid' : 'unknown',
        detail,
        recordedMs: recordedMs(),
      };
    } finally {
      watchdog?.stop();
      this.stopping.signal.removeEventListener('abort', end);
      await run?.end();
      joiner.drop();
    }
  }

  private tellLosses(run: SourceRun | undefined): void {
    const { losses } = run ?? {};
    if (!losses) return;
    const { packets, pictures } = losses;
    const before = this.toldLosses;
    this.toldLosses = { packets, pictures };
    if (packets === before.packets && pictures === before.pictures) return;
    const { camera, events } = this.options;
    events.lost(camera.id, { packets: packets - before.packets, pictures: pictures - before.pictures });
  }

  private pause(forMs: number, reason: GapReason): Promise<void> {
    const { clock, source, camera } = this.options;
    return this.unlessStopped((wait) =>
      untilNextTry(forMs, reason, { clock, answers: () => source.answers(camera), wait }),
    );
  }

  /** When the recording is told to stop, `wait` ends at once, and so does the work that waits with it. */
  private async unlessStopped(work: (wait: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    try {
      await work((ms) => wait(ms, undefined, { signal }));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Never throws. A fault in this camera's footage must stop neither the other cameras nor this camera's next
   * fragments.
   */
  private async store(item: QueueItem): Promise<void> {
    const { log } = this.options;
    try {
      if (item.kind === 'end') this.answer(await log.endRun(item.reason));
      else this.answer(await log.append(item), item);
    } catch (error) {
      this.refuse('unknown', errorText(error));
    }
  }

  private answer(stored: Stored | Refused | undefined, fragment?: QueuedFragment): void {
    if (stored?.state === 'refused') this.refuse(stored.reason, stored.error.message);
    else if (stored?.state === 'written' && fragment) this.written(fragment, stored);
  }

  private written(
    { init, sizeBytes, video }: QueuedFragment,
    { wallEndMs, mediaMs }: { wallEndMs: number; mediaMs: number },
  ): void {
    const { camera, events } = this.options;
    if (init !== this.init) {
      const { codec, width, height } = init.video;
      events.stream(camera.id, { codec, width, height });
      this.init = init;
    }
    if (!this.queue.dropping) this.refusal = undefined;
    const isAsConfigured = this.asked.audio === camera.audio;
    if (this.connected && !this.refusal) this.say('recording', isAsConfigured ? undefined : 'sound_left_out');
    events.fragment(camera.id, { wallEndMs, mediaMs, sizeBytes, frames: video.sampleCount, key: video.startsWithKey });
  }

  private refuse(reason: GapReason, detail: string): void {
    const { camera, events } = this.options;
    if (this.refusal !== reason) events.refused(camera.id, reason, detail);
    this.refusal = reason;
    if (this.connected) this.say(reason === 'unknown' ? 'stalled' : stateAfter(reason), reason);
  }

  /** Reports a state only when it changes, because a recording camera comes here with every fragment. */
  private say(state: CameraState, reason?: string): void {
    const words = `${state} ${reason ?? ''}`;
    if (words === this.said) return;
    this.said = words;
    this.options.events.state(this.options.camera.id, state, reason);
  }
}

/** `stalled` means that the camera is there, but the recorder records nothing of it. */
function stateAfter(reason: GapReason): CameraState {
  if (reason === 'disk_full' || reason === 'unsupported_codec') return reason;
  return reason === 'camera_stalled' || reason === 'disk_slow' || reason === 'disk_error' ? 'stalled' : 'offline';
}
