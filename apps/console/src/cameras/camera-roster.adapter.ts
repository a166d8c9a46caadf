import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ContractError, type CameraConfig } from '@vr/contracts';
import { CONFIG, loadCameras, LOGGER, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** The cameras as configured; a file that cannot be read any more leaves them as they were. Their URLs never leave this process. */
@Injectable()
export class CameraRoster {
  private cameras: CameraConfig[];
  private fileVersion = '';

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'CAMERAS_FILE'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {
    this.cameras = loadCameras(config.CAMERAS_FILE);
  }

  async all(): Promise<CameraConfig[]> {
    if (this.config.CAMERAS_FILE === undefined) return this.cameras;
    try {
      const { mtimeMs, size } = await stat(this.config.CAMERAS_FILE);
      const version = `${mtimeMs} ${size}`;
      if (version !== this.fileVersion) {
        this.fileVersion = version;
        this.cameras = loadCameras(this.config.CAMERAS_FILE);
      }
    } catch (error) {
      this.logger.error({ err: error }, 'CAMERAS_FILE cannot be read: going on with the cameras known so far');
    }
    return this.cameras;
  }

  /** Throws `unknown_camera`. */
  async get(cameraId: string): Promise<CameraConfig> {
    const camera = (await this.all()).find(({ id }) => id === cameraId);
    if (camera) return camera;
    throw new ContractError('unknown_camera', `there is no camera ${JSON.stringify(cameraId.slice(0, 64))}; GET /api/cameras lists those that are`);
  }
}
