import { Inject, Injectable } from '@nestjs/common';
import { SUBJECTS, type CameraStatus } from '@vr/contracts';
import { writeCameraState } from '@vr/footage';
import { Publisher } from '@vr/messaging';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { RecorderConfig } from '../config';
import { RecordingsVolume } from '../footage/recordings-volume';
import type { StatusSink } from './camera-reporter';

/**
 * Writes a camera's status to the disk (for workers beside us) and to NATS (for the world). Neither may hold up the
 * recording, so both happen in the background. Each sends one status at a time, and only the latest one waits.
 * It logs a failure once until sending works again.
 */
@Injectable()
export class StatusAdapter implements StatusSink {
  private readonly volume: RecordingsVolume;
  private readonly failing = new Set<string>();
  private readonly waiting = new Map<string, CameraStatus>();
  private readonly sending = new Map<string, Promise<void>>();

  constructor(
    @Inject(CONFIG) config: RecorderConfig,
    @Inject(Publisher) private readonly publisher: Publisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.volume = new RecordingsVolume(config.RECORDINGS_DIR, config.RECORDINGS_REQUIRE_MOUNT);
  }

  changed(status: CameraStatus): void {
    this.enqueue('state.json', status, async (latest) => {
      await this.volume.check();
      await writeCameraState(this.volume.path, latest);
    });
    this.enqueue('status on NATS', status, (latest) => this.publisher.publish(SUBJECTS.status, latest));
  }

  /** Resolves when every status was sent, or failed. */
  async settled(): Promise<void> {
    await Promise.all(this.sending.values());
  }

  private enqueue(what: string, status: CameraStatus, send: (latest: CameraStatus) => Promise<void>): void {
    const key = `${what} ${status.camera_id}`;
    this.waiting.set(key, { ...status });
    if (this.sending.has(key)) return;
    this.sending.set(
      key,
      this.sendAll(key, what, send).finally(() => this.sending.delete(key)),
    );
  }

  private async sendAll(key: string, what: string, send: (latest: CameraStatus) => Promise<void>): Promise<void> {
    for (let latest = this.waiting.get(key); latest; latest = this.waiting.get(key)) {
      this.waiting.delete(key);
      try {
        await send(latest);
        this.failing.delete(what);
      } catch (error) {
        if (!this.failing.has(what)) this.logger.warn({ err: error }, `cannot write the ${what}; recording goes on`);
        this.failing.add(what);
      }
    }
  }
}
