import { Inject, Injectable } from '@nestjs/common';
import { SUBJECTS, type CameraStatus } from '@vr/contracts';
import { writeCameraState } from '@vr/footage';
import { Publisher } from '@vr/messaging';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { RecorderConfig } from '../config';
import type { StatusSink } from './camera-reporter';

/**
 * A camera's status, to the disk (for workers beside us) and to NATS (for the world). Neither may hold up the recording:
 * both are tried in the background, latest status last, and a failure is said once until it works again.
 */
@Injectable()
export class StatusAdapter implements StatusSink {
  private readonly failing = new Set<string>();
  private readonly queued = new Map<string, Promise<void>>();

  constructor(
    @Inject(CONFIG) private readonly config: RecorderConfig,
    @Inject(Publisher) private readonly publisher: Publisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  changed(status: CameraStatus): void {
    const snapshot = { ...status };
    this.enqueue(`state.json of ${status.camera_id}`, () => writeCameraState(this.config.RECORDINGS_DIR, snapshot));
    this.enqueue('status on NATS', () => this.publisher.publish(SUBJECTS.status, snapshot));
  }

  private enqueue(what: string, send: () => Promise<void>): void {
    const next = (this.queued.get(what) ?? Promise.resolve()).then(async () => {
      try {
        await send();
        this.failing.delete(what);
      } catch (error) {
        if (!this.failing.has(what)) this.logger.warn({ err: error }, `cannot write the ${what}; recording goes on`);
        this.failing.add(what);
      }
    });
    this.queued.set(what, next);
  }
}
