import { unwatchFile, watchFile } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { maskSecrets } from '@vr/base';
import { ContractError, type CameraConfig } from '@vr/contracts';
import { HealthRegistry, type Health } from '../health';
import type { Logger } from '../logging';
import { Shutdown } from '../shutdown';
import { CONFIG, LOGGER } from '../tokens';
import { loadCameras } from './cameras';
import { ConfigError } from './environment';

type Listener = (cameras: readonly CameraConfig[]) => void;

/** We poll and do not watch: inotify hears nothing of a file mounted into a container, or on a network share. */
const LOOK_EVERY_MS = 1000;

/**
 * The cameras as configured now. We read CAMERAS_FILE again when it changes. A file that is wrong, or gone, leaves the
 * cameras as they were, because a typing error must not cost footage. The log and readiness then say so. A fault at
 * start is a ConfigError: the worker says it and ends, as with any other wrong setting.
 */
@Injectable()
export class CameraRoster {
  private cameras: readonly CameraConfig[];
  private readonly listeners = new Set<Listener>();
  private fault: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: { CAMERAS_FILE?: string },
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'error'>,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Shutdown) shutdown: Shutdown,
  ) {
    this.cameras = loadCameras(config.CAMERAS_FILE);
    const path = config.CAMERAS_FILE;
    if (path === undefined) return;
    const look = (): void => this.reload();
    watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, look);
    health.register('cameras file', () => this.health());
    shutdown.register('intake', 'the watch of CAMERAS_FILE', () => unwatchFile(path, look));
  }

  all(): readonly CameraConfig[] {
    return this.cameras;
  }

  find(cameraId: string): CameraConfig | undefined {
    return this.cameras.find(({ id }) => id === cameraId);
  }

  /** Calls the listener with all cameras whenever any of them changed. */
  onChange(listener: Listener): void {
    this.listeners.add(listener);
  }

  private reload(): void {
    try {
      const cameras = loadCameras(this.config.CAMERAS_FILE);
      this.fault = undefined;
      if (JSON.stringify(cameras) === JSON.stringify(this.cameras)) return;
      this.cameras = cameras;
      this.logger.info({ cameras: cameras.map(({ id }) => id) }, 'CAMERAS_FILE changed');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.fault = error.faults.join('; ');
      this.logger.error(
        { faults: error.faults },
        'CAMERAS_FILE was changed to something wrong: going on with the cameras as they were',
      );
      return;
    }
    for (const listener of this.listeners) listener(this.cameras);
  }

  private health(): Health {
    if (this.fault === undefined) return { state: 'up', sentence: `${this.cameras.length} cameras configured` };
    return {
      state: 'degraded',
      sentence: `CAMERAS_FILE is wrong, the cameras are as before its last change: ${this.fault}`,
    };
  }
}

/** Looks up a camera that somebody outside named. Throws `unknown_camera`. */
export function knownCamera(roster: Pick<CameraRoster, 'find'>, cameraId: string): CameraConfig {
  const camera = roster.find(cameraId);
  if (camera) return camera;
  throw unknownCamera(cameraId);
}

export function unknownCamera(cameraId: string): ContractError {
  return new ContractError(
    'unknown_camera',
    `there is no camera ${JSON.stringify(maskSecrets(cameraId, { upTo: 64 }))} here`,
  );
}
