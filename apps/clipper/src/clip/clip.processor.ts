import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { clipQueueName, ContractError, type ClipJob } from '@vr/contracts';
import { PermanentError, QueueFactory } from '@vr/queue';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipService, isPermanent } from './clip.service';

/** Most jobs only wait for their footage; what costs something is limited in the service. */
const CONCURRENCY = 8;

/** The queue's jobs, handed to the service. */
@Injectable()
export class ClipProcessor implements OnApplicationBootstrap {
  constructor(
    @Inject(QueueFactory) private readonly factory: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'NODE_ID'>,
    @Inject(ClipService) private readonly clips: ClipService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.factory.worker<ClipJob>(clipQueueName(this.config.NODE_ID), {
      concurrency: CONCURRENCY,
      process: async (job) => {
        try {
          await this.clips.make(job.data, {
            signal: job.signal,
            // Not waited for: a Redis that goes away in the middle must not stop a clip that needs it no more.
            log: (line) => void job.log(line).catch(() => undefined),
            progress: (progress) => void job.progress(progress).catch(() => undefined),
          });
        } catch (error) {
          if (isPermanent(error)) throw new PermanentError(error.message, { cause: error });
          this.logger.warn({ err: error, clip: job.data.clipId, camera: job.data.cameraId, attempt: job.attempt }, 'a clip did not succeed: it is tried again');
          throw error;
        }
      },
      onFinalFailure: async (job, error) => this.clips.giveUp(job.data, contractCause(error)),
    });
  }
}

/** The ContractError inside what the queue hands back, where there is one. */
function contractCause(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ContractError) return at;
  return error;
}
