import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ContractError, type CameraConfig, type Clock } from '@vr/contracts';
import { CLOCK, CONFIG, loadCameras, LOGGER, type Logger } from '@vr/service';
import type { SnapshotterConfig } from '../config';

/** Frames come 30 times a second and camera: the file is looked at once in this time, not for each of them. */
const LOOK_EVERY_MS = 1000;

/** The cameras as configured now. A CAMERAS_FILE that cannot be read leaves them as they were. */
@Injectable()
export class CameraRoster {
  private cameras = new Map<string, CameraConfig>();
  private fileVersion = '';
  private lookedAtMs = -Infinity;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SnapshotterConfig, 'CAMERAS_FILE'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    // A fault at start is a ConfigError: the worker says it and ends, as with any other wrong setting.
    this.load();
  }

  /** Throws `unknown_camera`. */
  async get(cameraId: string): Promise<CameraConfig> {
    await this.refresh();
    const camera = this.cameras.get(cameraId);
    if (!camera) throw new ContractError('unknown_camera', `no camera ${cameraId} is configured here`);
    return camera;
  }

  private async refresh(): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (this.config.CAMERAS_FILE === undefined || nowMs - this.lookedAtMs < LOOK_EVERY_MS) return;
    this.lookedAtMs = nowMs;
    try {
      const { mtimeMs, size, ino } = await stat(this.config.CAMERAS_FILE);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === this.fileVersion) return;
      this.fileVersion = version;
      this.load();
    } catch (error) {
      this.logger.error({ err: error }, 'CAMERAS_FILE cannot be read: going on with the cameras known so far');
    }
  }

  private load(): void {
    this.cameras = new Map(loadCameras(this.config.CAMERAS_FILE).map((camera) => [camera.id, camera]));
  }
}
