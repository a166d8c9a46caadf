import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@vr/base';
import {
  streamsOf,
  trackOf,
  type CameraConfig,
  type CameraState,
  type CameraStatus,
  type GapReason,
  type RecordedStream,
  type SourceName,
} from '@vr/contracts';
import { listTracks, type Recovered } from '@vr/footage';
import {
  CameraRoster,
  CLOCK,
  collectYoung,
  CONFIG,
  HealthRegistry,
  knownCamera,
  LOGGER,
  Registry,
  Shutdown,
  type Health,
  type Logger,
} from '@vr/service';
import type { CameraEvents, StreamFacts, WrittenFragment } from './camera/camera-events';
import type { StreamLosses } from './camera/camera-source';
import { CameraRecording } from './camera/camera-recording';
import { ChosenCameraSource } from './camera/chosen-camera-source';
import { Turnstile } from './camera/turnstile';
import type { RecorderConfig } from './config';
import { BlockPool } from './footage/block-pool';
import { isPlausible } from './footage/machine-clock';
import { FootageLog } from './footage/footage-log';
import type { StampFaults } from './footage/run-times';
import { finishPastFootage } from './footage/past-footage';
import { RecordingsVolume } from './footage/recordings-volume';
import { CameraReporter } from './status/camera-reporter';
import { RecorderMetrics } from './status/recorder-metrics';
import { StatusAdapter } from './status/status-adapter';

/** The recorder never got a stream from such a camera, so the log must not say that the stream ended. */
const NOT_CONNECTED: ReadonlySet<GapReason> = new Set(['camera_refused', 'camera_unauthorized', 'camera_not_found']);
const STATUS_EVERY_MS = 30_000;
const NOT_FINISHED =
  'cannot look through the footage of cameras that are no longer configured; trying again at the next start';

/** Keeps one recording for each stream of the roster's cameras. It ends when its stream changes or goes. */
@Injectable()
export class RecorderService implements CameraEvents {
  private readonly recordings = new Map<string, { camera: RecordedStream; recording: CameraRecording }>();
  private readonly volume: RecordingsVolume;
  private readonly pool = new BlockPool(collectYoung);
  private readonly turnstile: Turnstile;
  private readonly reporter: CameraReporter;
  private readonly metrics: RecorderMetrics;
  private heartbeat: NodeJS.Timeout | undefined;
  /** Follows changes of the roster one after the other, so that a camera ends before it begins anew. */
  private following: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: RecorderConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(ChosenCameraSource) private readonly source: ChosenCameraSource,
    @Inject(StatusAdapter) private readonly status: StatusAdapter,
    @Inject(Registry) registry: Registry,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.volume = new RecordingsVolume(config.RECORDINGS_DIR, config.RECORDINGS_REQUIRE_MOUNT);
    this.metrics = new RecorderMetrics(registry, clock);
    this.turnstile = new Turnstile(clock);
    this.reporter = new CameraReporter(clock, status);
    health.register('cameras', () => this.camerasHealth());
    health.register('clock', () => this.clockHealth());
    shutdown.register('intake', 'recording', () => this.stop());
  }

  /** Begins to record. It needs neither NATS nor HTTP, so it comes before both. */
  start(): void {
    this.roster.onChange(() => this.follow());
    this.follow();
    this.following = this.following.then(() => this.finishOthers());
    if (this.roster.all().length === 0)
      this.logger.warn('no camera is configured: set CAMERAS_FILE or CAMERA_<ID>_URL');
    this.heartbeat = setInterval(
      () => this.reporter.all().forEach((status) => this.status.changed(status)),
      STATUS_EVERY_MS,
    );
  }

  /** Gives the status of one camera, or of all. Throws `unknown_camera`. */
  statuses(cameraId?: string): CameraStatus[] {
    const all = this.reporter.all();
    return cameraId === undefined
      ? all
      : all.filter(({ camera_id }) => camera_id === knownCamera(this.roster, cameraId).id);
  }

  private follow(): void {
    this.following = this.following.then(() => this.align(this.roster.all()));
  }

  /** Starts and ends recordings until they match these cameras. It does not touch a stream that stays as it was. */
  private async align(cameras: readonly CameraConfig[]): Promise<void> {
    if (this.stopped) return;
    const streams = cameras.flatMap(streamsOf);
    const wanted = new Map(streams.map((stream) => [stream.id, stream]));
    await Promise.all(
      [...this.recordings.values()].map(async ({ camera, recording }) => {
        const next = wanted.get(camera.id);
        if (JSON.stringify(next) === JSON.stringify(camera)) return;
        this.recordings.delete(camera.id);
        await recording.stop(next?.enabled ? 'camera_changed' : 'camera_disabled');
        if (next === undefined) this.forget(camera.id);
      }),
    );
    for (const camera of streams) {
      if (!camera.enabled) this.state(camera.id, 'disabled', 'camera_disabled');
      else if (!this.recordings.has(camera.id)) this.begin(camera);
    }
  }

  private begin(camera: RecordedStream): void {
    this.metrics.begin(camera.id);
    const log = new FootageLog({
      volume: this.volume,
      cameraId: camera.id,
      segmentMs: this.config.SEGMENT_SECONDS * 1000,
      syncMs: this.config.FSYNC_SECONDS * 1000,
      timeSync: (sync) => this.metrics.timeSync(sync),
      onGap: (lengthMs, reason) => this.gap(camera.id, lengthMs, reason),
      onTimes: (times) => this.timed(camera.id, times),
      onRecovered: (recovered) => this.recovered(recovered),
    });
    const { source, clock, pool, turnstile } = this;
    const stallMs = this.config.STALL_SECONDS * 1000;
    const bufferBytes = this.config.BUFFER_MB * 1_000_000;
    const recording = new CameraRecording({
      camera,
      source,
      log,
      events: this,
      clock,
      pool,
      turnstile,
      stallMs,
      bufferBytes,
    });
    this.recordings.set(camera.id, { camera, recording });
    recording.start();
  }

  /** Before the camera is forgotten, its last status says that nothing records it any more, and why. */
  private forget(cameraId: string): void {
    this.state(cameraId, 'disabled', 'camera_disabled');
    this.reporter.forget(cameraId);
    this.metrics.forget(cameraId);
  }

  /** A camera that is no longer configured may have left an open segment, too. */
  private async finishOthers(): Promise<void> {
    try {
      await this.volume.check();
      for (const cameraId of await listTracks(this.volume.path)) {
        if (this.recordings.has(cameraId)) continue;
        await finishPastFootage(this.volume.path, cameraId).then(
          ({ recovered }) => recovered.forEach((each) => this.recovered(each)),
          (error: unknown) => this.logger.error({ err: error, camera: cameraId }, NOT_FINISHED),
        );
      }
    } catch (error) {
      this.logger.error({ err: error }, NOT_FINISHED);
    }
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.heartbeat);
    await this.following;
    await Promise.all(
      [...this.recordings].map(async ([cameraId, { recording }]) => {
        await recording.stop('recorder_stopped');
        this.state(cameraId, 'offline', 'recorder_stopped');
      }),
    );
    await this.status.settled();
  }

  private camerasHealth(): Health {
    const states = this.reporter.all();
    const recording = states.filter(({ state }) => state === 'recording').length;
    const subs = states.flatMap(({ camera_id, sub }) => (sub ? { camera_id: trackOf(camera_id, 'sub'), ...sub } : []));
    const others = [...states, ...subs].filter(({ state }) => state !== 'recording' && state !== 'disabled');
    const sentence = `${recording} of ${states.length} cameras recording`;
    if (others.length === 0) return { state: 'up', sentence };
    const why = others.map(
      ({ camera_id, state, reason }) => `${camera_id} ${state}${reason === undefined ? '' : ` (${reason})`}`,
    );
    return { state: 'degraded', sentence: `${sentence}; ${why.join(', ')}` };
  }

  private clockHealth(): Health {
    const now = this.clock.nowMs();
    if (isPlausible(now)) return { state: 'up', sentence: 'the machine knows the time' };
    const sentence =
      `the machine says it is ${new Date(now).toISOString()}: recording goes on, ` +
      'and the footage moves to its true time when the clock is set';
    return { state: 'degraded', sentence };
  }

  state(cameraId: string, state: CameraState, reason?: string): void {
    this.reporter.state(cameraId, state, reason);
    this.metrics.state(cameraId, state);
  }

  readBy(cameraId: string, source: SourceName): void {
    this.reporter.readBy(cameraId, source);
    this.metrics.source(cameraId, source);
  }

  lost(cameraId: string, losses: StreamLosses): void {
    this.metrics.lost(cameraId, losses);
    this.reporter.lost(cameraId, losses);
  }

  stream(cameraId: string, facts: StreamFacts): void {
    this.reporter.stream(cameraId, facts);
  }

  fragment(cameraId: string, fragment: WrittenFragment): void {
    this.reporter.fragment(cameraId, fragment);
    this.metrics.fragment(cameraId, fragment.wallEndMs, fragment.sizeBytes);
  }

  restart(cameraId: string, reason: GapReason, detail: string): void {
    this.metrics.restart(cameraId, reason);
    const what = NOT_CONNECTED.has(reason) ? 'could not connect to the camera' : "the camera's stream ended";
    this.logger.warn({ camera: cameraId, reason, detail }, `${what}; trying again`);
  }

  refused(cameraId: string, reason: GapReason, detail: string): void {
    const what =
      reason === 'unknown'
        ? "a fault of the recorder keeps it from writing the camera's footage"
        : "the disk does not take the camera's footage";
    this.logger.error({ camera: cameraId, reason, detail }, `${what}; trying again at each key frame`);
  }

  recovered({ outcome, ...facts }: Recovered): void {
    this.logger.warn(facts, `the recorder found a segment that was left open: it was ${outcome}`);
  }

  adapted(cameraId: string, what: string): void {
    this.logger.warn({ camera: cameraId }, what);
  }

  private timed(cameraId: string, { rate, repairsStamps }: StampFaults): void {
    this.reporter.timedBy(cameraId, rate === 1 ? 'camera' : 'arrival');
    const rateWrong = 'its time stamps run at another rate than its pictures come; the recorder scales them to arrival';
    if (rate !== 1) this.logger.warn({ camera: cameraId, rate }, rateWrong);
    const manyAtOnce = 'several of its pictures carry one time stamp; the recorder spreads them evenly';
    if (repairsStamps) this.logger.warn({ camera: cameraId }, manyAtOnce);
  }

  gap(cameraId: string, lengthMs: number, reason: GapReason): void {
    this.metrics.gap(cameraId, lengthMs, reason);
    this.logger.warn({ camera: cameraId, reason, lengthMs }, 'footage is missing');
  }
}
