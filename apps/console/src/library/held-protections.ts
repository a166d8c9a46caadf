import { Inject, Injectable } from '@nestjs/common';
import type { Protection } from '@vr/contracts';
import { listProtections } from '@vr/protections';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** The protections that the janitor keeps beside the footage. */
@Injectable()
export class HeldProtections {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** The protections that touch [startMs, endMs), by their start. */
  async list(o: { cameraId?: string; startMs?: number; endMs?: number } = {}): Promise<Protection[]> {
    const { cameraId, startMs = -Infinity, endMs = Infinity } = o;
    const all = await listProtections(this.config.RECORDINGS_DIR, (camera, path, error) => {
      this.logger.error({ err: error, path, camera }, 'a protection cannot be read');
    });
    return all.filter(
      (held) =>
        (cameraId === undefined || held.camera_id === cameraId) &&
        held.start * 1000 < endMs &&
        held.end * 1000 > startMs,
    );
  }
}
