import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { errorText, type Clock } from '@vr/base';
import { ContractError, exportJob, exportQueueName, readPayload, type ExportJob } from '@vr/contracts';
import { PermanentError, QueueFactory, type JobQueue, type RunningJob } from '@vr/queue';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ClipperConfig } from '../config';
import { ExportMaker } from './export-maker';

/** One at a time: the disk is for recording first. */
const CONCURRENCY = 1;
const TELL_EVERY_MS = 1000;

/** Hands the jobs of exports to their maker, tells how far they are, and ends those that nobody wants any more. */
@Injectable()
export class ExportProcessor implements OnApplicationBootstrap {
  private readonly queue: JobQueue<ExportJob>;

  constructor(
    @Inject(QueueFactory) private readonly factory: QueueFactory,
    @Inject(CONFIG) private readonly config: Pick<ClipperConfig, 'NODE_ID'>,
    @Inject(ExportMaker) private readonly maker: ExportMaker,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'monotonicMs'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    this.queue = factory.queue<ExportJob>(exportQueueName(config.NODE_ID));
  }

  onApplicationBootstrap(): void {
    this.factory.worker<ExportJob>(exportQueueName(this.config.NODE_ID), {
      concurrency: CONCURRENCY,
      read: readExportJob,
      process: (job) => this.process(job),
      onFinalFailure: ({ id, data }, error) => {
        if (data.cancelled !== true) this.logger.warn({ export: id, reason: error.message }, 'an export is given up');
        return Promise.resolve();
      },
    });
  }

  private async process(job: RunningJob<ExportJob>): Promise<void> {
    let isCancelled = job.data.cancelled === true;
    let toldMs = -Infinity;
    const tell = (percent: number): void => {
      const nowMs = this.clock.monotonicMs();
      if (nowMs - toldMs < TELL_EVERY_MS) return;
      toldMs = nowMs;
      void job.progress(percent).catch(() => undefined); // nobody waits for Redis
      void this.queue.look(job.id).then(
        (found) => (isCancelled ||= exportJob.safeParse(found?.data).data?.cancelled === true),
        () => undefined,
      );
    };
    const check = (): void => {
      job.signal.throwIfAborted();
      if (isCancelled) throw new PermanentError('cancelled');
    };
    try {
      check();
      tell(0);
      await this.maker.make(job.data, { check, progress: tell });
    } catch (error) {
      // It says the code first, for the console to read. Another try at once would find the same.
      if (error instanceof ContractError)
        throw new PermanentError(`${error.code}: ${errorText(error)}`, { cause: error });
      throw error;
    }
  }
}

function readExportJob(data: unknown, jobId: string): ExportJob {
  const job = readPayload(exportJob, data);
  if (job.exportId !== jobId)
    throw new ContractError('invalid_payload', `id: wanted ${job.exportId}, as the data says`);
  return job;
}
