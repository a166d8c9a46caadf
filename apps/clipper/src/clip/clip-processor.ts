import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { errorText, PostponedError } from '@vr/base';
import { clipQueueName, ContractError, type QueuedClip } from '@vr/contracts';
import { PermanentError, QueueFactory, type RunningJob } from '@vr/queue';
import { CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { readQueued } from './clip-queue';
import { ClipService, isPermanent } from './clip-service';

/** Most jobs only wait for their footage. Costly work is limited where it is done. */
const CONCURRENCY = 32;

/** Hands the queue's jobs to the service. */
@Injectable()
export class ClipProcessor implements OnApplicationBootstrap {
  constructor(
    @Inject(QueueFactory) private readonly factory: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'NODE_ID'>,
    @Inject(ClipService) private readonly clips: ClipService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.factory.worker<QueuedClip>(clipQueueName(this.config.NODE_ID), {
      concurrency: CONCURRENCY,
      read: readQueued,
      process: (job) => this.process(job),
      onFinalFailure: async (job, error) => this.clips.giveUp(job.data, contractCause(error)),
    });
  }

  private async process(job: RunningJob<QueuedClip>): Promise<void> {
    // Nobody waits for it: a clip that needs Redis no more must not stop because Redis went away.
    const log = (line: string): void => void job.log(line).catch(() => undefined);
    try {
      await this.clips.make(job.data, {
        signal: job.signal,
        log,
        progress: (_, percent) => void job.progress(percent).catch(() => undefined),
      });
    } catch (error) {
      const { clipId: clip, cameraId: camera } = job.data;
      if (error instanceof PostponedError) {
        if (error.cause !== undefined)
          this.logger.warn({ clip, camera, reason: error.message, delayMs: error.delayMs }, 'a clip must wait');
        log(`waits ${Math.ceil(error.delayMs / 1000)} s: ${error.message}`);
        throw error;
      }
      const reason = errorText(error);
      if (isPermanent(error)) throw new PermanentError(`No clip: ${reason}.`, { cause: error });
      this.logger.warn({ err: error, clip, camera, attempt: job.attempt }, 'a clip did not succeed: it is tried again');
      log(`attempt ${job.attempt} did not succeed: ${reason}`);
      throw new Error(`Attempt ${job.attempt} did not succeed: ${reason}`, { cause: error });
    }
  }
}

/** The ContractError inside the error that the queue hands back, where there is one. */
function contractCause(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ContractError) return at;
  return error;
}
