/**
 * One camera, for as long as it is configured: connect, record, and when the stream ends for whatever reason, say why,
 * wait a little and begin again. It knows nothing of the other cameras and stops only when told.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { BoxError, type InitSegment } from '@vr/footage';
import type { CameraConfig, CameraState, Clock, GapReason } from '@vr/contracts';
import type { FootageLog } from '../footage/footage-log';
import { FragmentStream, type ArrivedFragment } from '../footage/fragment-stream';
import { BackOff } from './back-off';
import type { CameraEvents } from './camera-events';
import type { CameraSource, SourceProcess } from './camera-source';
import { endReason } from './end-reason';
import { Watchdog } from './watchdog';

export interface CameraRecordingOptions {
  camera: CameraConfig;
  source: CameraSource;
  log: FootageLog;
  events: CameraEvents;
  clock: Clock;
  stallMs: number;
  syncMs: number;
}

interface RunEnd {
  reason: GapReason;
  detail: string;
  recordedMs: number;
}

export class CameraRecording {
  private readonly backOff = new BackOff();
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private readonly options: CameraRecordingOptions) {}

  start(): void {
    this.loop ??= this.recordForEver();
  }

  /** Ends the run, closes the open segment. The footage then ends with `reason`. */
  async stop(reason: GapReason): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await this.options.log.endRun(reason);
  }

  private async recordForEver(): Promise<void> {
    const { camera, events, log } = this.options;
    const stopped = (): boolean => this.stopping.signal.aborted;
    while (!stopped()) {
      events.state(camera.id, 'connecting');
      const end = await this.recordOnce();
      if (stopped()) break;
      await log.endRun(end.reason);
      events.restart(camera.id, end.reason, end.detail);
      events.state(camera.id, stateAfter(end.reason), end.reason);
      await wait(this.backOff.nextMs(end.reason, end.recordedMs), undefined, { signal: this.stopping.signal }).catch(ignoreAbort);
    }
  }

  /** One life of one ffmpeg. Never throws: whatever happens is a reason. */
  private async recordOnce(): Promise<RunEnd> {
    const { clock, source, camera } = this.options;
    let process: SourceProcess | undefined;
    const run: { firstMs?: number; broken?: GapReason } = {};
    const end = (): void => void process?.end();
    const watchdog = new Watchdog(this.options.stallMs, end);
    const syncing = setInterval(() => void this.options.log.sync().catch(end), this.options.syncMs);
    this.stopping.signal.addEventListener('abort', end);
    try {
      process = await source.open(camera);
      if (this.stopping.signal.aborted) await process.end();
      await this.consume(process, run, watchdog);
      const words = await process.lastWords();
      const reason = run.broken ?? (watchdog.fired ? (run.firstMs === undefined ? 'camera_timeout' : 'camera_stalled') : endReason(words));
      return { reason, detail: words, recordedMs: recordedMs(clock, run.firstMs) };
    } catch (error) {
      await process?.end();
      return { ...faultOf(error), recordedMs: recordedMs(clock, run.firstMs) };
    } finally {
      clearInterval(syncing);
      watchdog.stop();
      this.stopping.signal.removeEventListener('abort', end);
      await process?.end();
    }
  }

  private async consume(process: SourceProcess, run: { firstMs?: number; broken?: GapReason }, watchdog: Watchdog): Promise<void> {
    const { clock } = this.options;
    const stream = new FragmentStream();
    for await (const chunk of process.stdout) {
      const arrivalMs = clock.nowMs();
      for (const fragment of stream.push(chunk)) {
        watchdog.alive();
        if (run.firstMs === undefined) this.began(stream.init);
        run.firstMs ??= clock.monotonicMs();
        run.broken ??= await this.write(fragment, stream.init, arrivalMs);
        if (run.broken) await process.end();
      }
    }
  }

  private began(init: InitSegment): void {
    const { camera, events } = this.options;
    const { codec, width, height } = init.video;
    events.stream(camera.id, { codec, width, height });
    events.state(camera.id, 'recording');
  }

  private async write(fragment: ArrivedFragment, init: InitSegment, arrivalMs: number): Promise<GapReason | undefined> {
    const { camera, events, log } = this.options;
    const written = await log.append(fragment, init, arrivalMs);
    if ('broken' in written) return written.broken;
    events.fragment(camera.id, {
      wallEndMs: written.wallEndMs,
      mediaMs: fragment.mediaEndMs - fragment.mediaStartMs,
      sizeBytes: fragment.bytes.length,
      frames: fragment.video.sampleCount,
      key: fragment.video.startsWithKey,
    });
    return undefined;
  }
}

function stateAfter(reason: GapReason): CameraState {
  if (reason === 'camera_stalled') return 'stalled';
  return reason === 'disk_full' ? 'disk_full' : 'offline';
}

function recordedMs(clock: Clock, firstMs: number | undefined): number {
  return firstMs === undefined ? 0 : clock.monotonicMs() - firstMs;
}

/** Errors of the disk and of the stream's form, as reasons. */
function faultOf(error: unknown): { reason: GapReason; detail: string } {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof BoxError) return { reason: 'stream_invalid', detail };
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { reason: 'disk_full', detail };
  if (code === 'EIO' || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return { reason: 'disk_error', detail };
  return { reason: 'unknown', detail };
}

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}
