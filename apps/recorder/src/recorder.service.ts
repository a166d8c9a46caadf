import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { CameraConfig, CameraState, Clock, GapReason } from '@vr/contracts';
import { CLOCK, CONFIG, HealthRegistry, loadCameras, LOGGER, Registry, Shutdown, type Health, type Logger } from '@vr/service';
import type { CameraEvents, StreamFacts } from './camera/camera-events';
import { CameraRecording } from './camera/camera-recording';
import { FfmpegCameraSource } from './camera/camera-source.adapter';
import type { RecorderConfig } from './config';
import { FootageLog } from './footage/footage-log';
import { readPastFootage, type PastFootage } from './footage/past-footage';
import { CameraReporter } from './status/camera-reporter';
import { RecorderMetrics } from './status/recorder-metrics';
import { StatusAdapter } from './status/status.adapter';

const STATUS_EVERY_MS = 30_000;

/** All cameras: begins with what the last life left behind, then one recording each, until told to stop. */
@Injectable()
export class RecorderService implements OnApplicationBootstrap, CameraEvents {
  private readonly cameras: CameraConfig[];
  private readonly recordings: CameraRecording[] = [];
  private readonly reporter: CameraReporter;
  private readonly metrics: RecorderMetrics;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: RecorderConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FfmpegCameraSource) private readonly source: FfmpegCameraSource,
    @Inject(StatusAdapter) private readonly status: StatusAdapter,
    @Inject(Registry) registry: Registry,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.cameras = loadCameras(config.CAMERAS_FILE);
    this.metrics = new RecorderMetrics(registry);
    this.reporter = new CameraReporter(clock, status);
    health.register('cameras', () => this.health());
    shutdown.register('intake', 'recording', () => this.stop());
  }

  async onApplicationBootstrap(): Promise<void> {
    const past = await readPastFootage(this.config.RECORDINGS_DIR, this.cameras.map(({ id }) => id));
    for (const { outcome, ...facts } of past.recovered) this.logger.warn(facts, `a segment that the last recorder left open was ${outcome}`);
    for (const camera of this.cameras) {
      if (camera.enabled) this.begin(camera, past);
      else this.state(camera.id, 'disabled');
    }
    if (this.cameras.length === 0) this.logger.warn('no camera is configured: set CAMERAS_FILE or CAMERA_<ID>_URL');
    this.heartbeat = setInterval(() => this.reporter.all().forEach((status) => this.status.changed(status)), STATUS_EVERY_MS);
  }

  private begin(camera: CameraConfig, past: PastFootage): void {
    const log = new FootageLog({
      recordingsDir: this.config.RECORDINGS_DIR,
      cameraId: camera.id,
      segmentMs: this.config.SEGMENT_SECONDS * 1000,
      last: past.last.get(camera.id),
      onGap: (lengthMs, reason) => this.gap(camera.id, lengthMs, reason),
      onFault: (error) => this.logger.error({ camera: camera.id, err: error }, 'the disk did not take the end of a segment; trying again with the next'),
    });
    const recording = new CameraRecording({
      camera,
      source: this.source,
      log,
      events: this,
      clock: this.clock,
      stallMs: this.config.STALL_SECONDS * 1000,
      syncMs: this.config.FSYNC_SECONDS * 1000,
    });
    this.recordings.push(recording);
    recording.start();
  }

  private async stop(): Promise<void> {
    clearInterval(this.heartbeat);
    await Promise.all(this.recordings.map((recording) => recording.stop('recorder_stopped')));
  }

  private health(): Health {
    const states = this.reporter.all();
    const recording = states.filter(({ state }) => state === 'recording').length;
    const others = states.filter(({ state }) => state !== 'recording' && state !== 'disabled');
    const sentence = `${recording} of ${states.length} cameras recording`;
    if (others.length === 0) return { state: 'up', sentence };
    const why = others.map(({ camera_id, state, reason }) => `${camera_id} ${state}${reason === undefined ? '' : ` (${reason})`}`);
    return { state: 'degraded', sentence: `${sentence}; ${why.join(', ')}` };
  }

  state(cameraId: string, state: CameraState, reason?: string): void {
    this.reporter.state(cameraId, state, reason);
    this.metrics.state(cameraId, state);
  }

  stream(cameraId: string, facts: StreamFacts): void {
    this.reporter.stream(cameraId, facts);
  }

  fragment(cameraId: string, fragment: Parameters<CameraEvents['fragment']>[1]): void {
    this.reporter.fragment(cameraId, fragment);
    this.metrics.fragment(cameraId, fragment.wallEndMs, fragment.sizeBytes);
  }

  restart(cameraId: string, reason: GapReason, detail: string): void {
    this.metrics.restart(cameraId, reason);
    this.logger.warn({ camera: cameraId, reason, detail }, 'the camera\'s stream ended; trying again');
  }

  gap(cameraId: string, lengthMs: number, reason: GapReason): void {
    this.metrics.gap(cameraId, lengthMs, reason);
    this.logger.warn({ camera: cameraId, reason, lengthMs }, 'footage is missing');
  }
}
