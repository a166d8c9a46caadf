import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { CameraConfig } from '@vr/contracts';
import { CONFIG, loadCameras, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';

/**
 * The cameras as configured. CAMERAS_FILE is looked at on every question (one stat) and read again when it changed;
 * a file that cannot be read leaves the cameras as they were, because a typing error must not cost an event.
 */
@Injectable()
export class CameraRoster {
  private cameras = new Map<string, CameraConfig>();
  private fileVersion = '';

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'CAMERAS_FILE'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    // A fault at start is a ConfigError: the worker says it and ends, as with any other wrong setting.
    this.load();
  }

  async find(cameraId: string): Promise<CameraConfig | undefined> {
    await this.refresh();
    return this.cameras.get(cameraId);
  }

  private async refresh(): Promise<void> {
    if (this.config.CAMERAS_FILE === undefined) return;
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
