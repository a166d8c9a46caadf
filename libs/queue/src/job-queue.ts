import { shownText } from '@vr/base';
import { Queue, type Job } from 'bullmq';
import type { Logger } from '@vr/service';
import type { RedisLink } from './redis-link';
import { ATTEMPTS } from './retry-delays';
import { takeOutWhereUnreadable } from './unreadable-jobs';

const MOST_LOG_CHARACTERS = 2000;
const COMPLETED_KEPT = { age: 48 * 3600, count: 5000 };
/** We keep failed jobs for people to look at, but not until Redis is full. */
const FAILED_KEPT = { age: 90 * 86_400, count: 10_000 };

/** A job as it lies in Redis. Nobody has read its data yet. */
export interface SeenJob {
  id: string;
  data: unknown;
  state: string;
  /** What its worker said last. */
  progress: unknown;
  failedReason: string | undefined;
  createdMs: number;
}

function seen(job: Job<unknown, unknown>, state: string): SeenJob {
  const { id = '', data, progress, failedReason, timestamp } = job;
  return { id, data, state, progress, failedReason, createdMs: timestamp };
}

/** The producer side of a queue: jobs in, numbers out. Every call ends within 3 s. */
export class JobQueue<T> {
  /** Only Bull Board needs BullMQ's own object. */
  readonly inner: Queue<unknown, unknown>;

  constructor(
    readonly name: string,
    private readonly redis: RedisLink,
    private readonly logger: Pick<Logger, 'debug' | 'error'>,
  ) {
    // The version check would run a command at the moment of the first connection. If that fails, the queue is dead for
    // good.
    this.inner = new Queue<unknown, unknown>(name, { connection: redis.producer, skipVersionCheck: true });
    // The link reports connection errors, once for all.
    this.inner.on('error', (error) => logger.debug({ queue: name, reason: error.message }, 'queue error'));
  }

  /**
   * Resolves when the job is in Redis. An id that is already there is left alone, unless its job is over (well or not).
   * Then the job runs again, with all its attempts, and with our data, because somebody else may have taken the id. A
   * job id holds no `:` and is not a bare number (BullMQ's rules).
   */
  async add(jobId: string, name: string, data: T, { delayMs = 0 }: { delayMs?: number } = {}): Promise<void> {
    await this.redis.run(`adding job ${jobId} to queue ${this.name}`, async () => {
      // We ask first: a new job may fail before we could ask, and we must not retry that failure here.
      const existing = await this.jobOf(jobId);
      const state = await existing?.getState();
      if (existing && state !== 'unknown') return this.revive(existing, state, data);
      // Redis has evicted the list that the job stood in, so nobody would ever run it.
      await existing?.remove();
      await this.inner.add(name, data, {
        jobId,
        delay: Math.max(0, Math.round(delayMs)),
        attempts: ATTEMPTS,
        backoff: { type: 'custom' },
        removeOnComplete: COMPLETED_KEPT,
        removeOnFail: FAILED_KEPT,
      });
    });
  }

  /** How many jobs are in each state: waiting, active, delayed, completed, failed, and so on. */
  counts(): Promise<Record<string, number>> {
    return this.redis.run(`counting the jobs of queue ${this.name}`, () => this.inner.getJobCounts());
  }

  has(jobId: string): Promise<boolean> {
    return this.redis.run(
      `looking for job ${jobId} in queue ${this.name}`,
      async () => (await this.jobOf(jobId)) !== undefined,
    );
  }

  /** A job with all that is known of it. Undefined where there is none. */
  look(jobId: string): Promise<SeenJob | undefined> {
    return this.redis.run(`looking at job ${jobId} of queue ${this.name}`, async () => {
      const job = await this.jobOf(jobId);
      return job && seen(job, await job.getState());
    });
  }

  /** The newest jobs that are not done well: waiting, running, put off and failed. */
  open(most: number): Promise<SeenJob[]> {
    return this.redis.run(`listing the jobs of queue ${this.name}`, async () => {
      const jobs = await this.inner.getJobs(['active', 'waiting', 'delayed', 'failed'], 0, most - 1);
      // A job may go between the listing and the look, whatever BullMQ's types say.
      const there = (jobs as (Job<unknown, unknown> | undefined)[]).filter((job) => job !== undefined);
      return Promise.all(there.map(async (job) => seen(job, await job.getState())));
    });
  }

  /** Takes a job out that is not running. False where it is: then `data` replaces what it carries, for it to see. */
  takeOutOrTell(jobId: string, data: T): Promise<boolean> {
    return this.redis.run(`taking job ${jobId} out of queue ${this.name}`, async () => {
      const job = await this.jobOf(jobId);
      if (!job) return true;
      if ((await job.getState()) !== 'active') {
        const isOut = await job.remove().then(
          () => true,
          () => false, // it began to run meanwhile
        );
        if (isOut) return true;
      }
      await job.updateData(data);
      return false;
    });
  }

  /** Adds a line to the log of a job that need not be running. Does nothing where there is no such job. */
  async log(jobId: string, line: string): Promise<void> {
    await this.redis.run(`a line in the log of job ${jobId} of queue ${this.name}`, async () =>
      (await this.jobOf(jobId))?.log(shownText(line, MOST_LOG_CHARACTERS)),
    );
  }

  async close(): Promise<void> {
    await this.inner.close();
  }

  /**
   * A job that does not exist is undefined, although BullMQ's types deny it. A job that BullMQ cannot read is taken
   * out.
   */
  private async jobOf(jobId: string): Promise<Job<unknown, unknown> | undefined> {
    try {
      return await this.inner.getJob(jobId);
    } catch (error) {
      if (await takeOutWhereUnreadable(this.redis.producer, this.inner, jobId, this.logger)) return undefined;
      throw error;
    }
  }

  private async revive(job: Job<unknown, unknown>, state: string | undefined, data: T): Promise<void> {
    if (state !== 'failed' && state !== 'completed') return;
    try {
      await job.updateData(data);
      await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true });
    } catch (error) {
      // Somebody else retried it in between, as we wanted.
      if ((await job.getState()) === state) throw error;
    }
  }
}
