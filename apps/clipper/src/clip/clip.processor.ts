import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { clipQueueName, ContractError, type ClipJob, type ErrorCode } from '@vr/contracts';
import { PermanentError, QueueFactory } from '@vr/queue';
import { CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ClipService } from './clip.service';

/** Most jobs only wait for their footage; what costs something is limited in the service. */
const CONCURRENCY = 8;
/** Trying again changes nothing about these. */
const PERMANENT: readonly ErrorCode[] = ['invalid_payload', 'unknown_camera', 'no_footage', 'footage_expired', 'too_long'];

/** The queue's jobs, handed to the service. */
@Injectable()
export class ClipProcessor implements OnApplicationBootstrap {
  constructor(
    @Inject(QueueFactory) private readonly factory: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'NODE_ID'>,
    @Inject(ClipService) private readonly clips: ClipService,
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
          throw isPermanent(error) ? new PermanentError(error.message, { cause: error }) : error;
        }
      },
      onFinalFailure: async (job, error) => this.clips.giveUp(job.data, contractCause(error)),
    });
  }
}

function isPermanent(error: unknown): error is ContractError {
  return error instanceof ContractError && PERMANENT.includes(error.code);
}

/** The ContractError inside what the queue hands back, where there is one. */
function contractCause(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ContractError) return at;
  return error;
}
