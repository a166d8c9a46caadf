import { Inject, Injectable } from '@nestjs/common';
import { maskSecrets, type Clock } from '@vr/base';
import { clipQueueName, ContractError, queuedClip, readPayload, type ClipJob, type QueuedClip } from '@vr/contracts';
import { markOf } from '@vr/library';
import { QueueFactory, type JobQueue } from '@vr/queue';
import { CLOCK, CONFIG } from '@vr/service';
import type { ClipperConfig } from '../config';

/** A fragment's length, and what the recorder's ffmpeg holds back. */
const MOMENT_ON_DISK_MS = 2000;

/** The id of the job that makes an event's clip: the same event, the same job. BullMQ takes no `:`, but this. */
export function jobIdOf(identity: string): string {
  return markOf(identity, 32);
}

/** Clip jobs on their way to the processor: one job per identity, however often it is added. */
@Injectable()
export class ClipQueue {
  private readonly queue: JobQueue<QueuedClip>;

  constructor(
    @Inject(QueueFactory) private readonly factory: QueueFactory,
    @Inject(CONFIG) config: Pick<ClipperConfig, 'NODE_ID'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.queue = factory.queue<QueuedClip>(clipQueueName(config.NODE_ID));
  }

  /**
   * Resolves once the job is in Redis. The job starts when its moment should be on disk, for the thumbnail. The clip is
   * cut when its window is over.
   */
  async add(job: ClipJob): Promise<void> {
    await this.queue.add(jobIdOf(job.identity), `${job.cameraId} ${job.eventType}`, toQueued(job), {
      delayMs: Math.max(0, Math.min(job.endMs, job.timestampMs + MOMENT_ON_DISK_MS) - this.clock.nowMs()),
    });
  }

  /** Writes a line for people who look at the job on the board. Nobody misses one that cannot be written. */
  async log(job: ClipJob, line: string): Promise<void> {
    await this.queue.log(jobIdOf(job.identity), line).catch(() => undefined);
  }

  /** Redis came (back), perhaps without what it held. */
  onRedis(listener: () => void): void {
    this.factory.onRedis(listener);
  }

  counts(): Promise<Record<string, number>> {
    return this.queue.counts();
  }
}

/** A clip as its job carries it: what was sent with the event stays in its record, on disk. */
function toQueued(job: ClipJob): QueuedClip {
  return { ...job, source: undefined, sourceTruncated: undefined }; // which JSON leaves out
}

/** Reads a job out of Redis, where anything may lie. Throws `invalid_payload`. */
export function readQueued(data: unknown, jobId: string): QueuedClip {
  const job = readPayload(queuedClip, data);
  // One clip has one job: a copy under another id would be made beside it.
  if (jobIdOf(job.identity) !== jobId)
    throw new ContractError(
      'invalid_payload',
      `id: wanted ${jobIdOf(job.identity)}, as identity says, got ${maskSecrets(jobId, { upTo: 60 })}`,
    );
  return job;
}
