import { backOffMs, errorText, LogGate, overWithin, PostponedError, shownText, type Clock } from '@vr/base';
import { DelayedError, type Job, type Worker } from 'bullmq';
import type { Logger } from '@vr/service';
import { isUnrecoverable, PermanentError, presentable, thrownBy, unrecoverable, UnreadableJobError } from './errors';
import { PatientWorker } from './patient-worker';
import type { RedisLink } from './redis-link';
import { RETRY_DELAYS } from './retry-delays';
import { takeOutUnreadable } from './unreadable-jobs';

interface FailedJob<T> {
  id: string;
  data: T;
  /** Counts from 1. */
  attempt: number;
}

export interface RunningJob<T> extends FailedJob<T> {
  /** Adds a line to the job's log, for people who look at the queue. */
  log: (line: string) => Promise<void>;
  progress: (progress: object | number | string) => Promise<void>;
  /** Aborts when the worker ends, or the job is no longer ours: its lock is lost, and another worker may have it. */
  signal: AbortSignal;
}

export interface WorkerOptions<T> {
  concurrency: number;
  /**
   * Reads what lies in Redis at the moment of use, because whoever reaches Redis can put anything there. A job that it
   * refuses is failed with its sentence. It is neither processed nor retried.
   */
  read: (data: unknown, id: string) => T;
  /**
   * How long a job stays ours without a word to Redis. The lock is renewed at half of it. Then another worker may have
   * the job. Default: 10 s.
   */
  lockMs?: number;
  /**
   * A PermanentError ends the job, and a PostponedError puts it off. Any other error brings it back after growing
   * delays, up to 20 attempts.
   */
  process: (job: RunningJob<T>) => Promise<void>;
  /** Called once when the job will not be tried again, with the last error that it threw. */
  onFinalFailure: (job: FailedJob<T>, error: Error) => Promise<void>;
}

/** A killed process leaves its jobs "stalled". That is the machine's fault, and must not use a job up. */
const STALLS_ALLOWED = 50;
/** A killed worker holds up its jobs for this long. */
const LOCK_MS = 10_000;
/** All waits together take less than the 12 s in which a worker ends. */
const CLOSE_GRACE_MS = 5000;
const ABORTED_GRACE_MS = 1000;
const LAST_WORDS_GRACE_MS = 1000;
const BACK_AFTER_SHUTDOWN_MS = 1000;
const MOST_LOG_CHARACTERS = 2000;
const SHOWN_ID = 60;

/** The consumer side of a queue. It waits for a Redis that is down, at start and later. */
export class QueueWorker<T> {
  private readonly worker: Worker<unknown, void>;
  private readonly running = new Map<string, AbortController>();
  private readonly lastWords = new Set<Promise<void>>();
  private readonly lines: LogGate;
  private readonly connection: ReturnType<RedisLink['worker']>;
  private cleaning: Promise<number> | undefined;
  private ending = false;

  constructor(
    readonly name: string,
    private readonly options: WorkerOptions<T>,
    private readonly redis: RedisLink,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.lines = new LogGate(clock);
    this.connection = redis.worker();
    this.worker = new PatientWorker<unknown, void>(name, (job, token) => this.process(job, token), {
      connection: this.connection,
      concurrency: options.concurrency,
      lockDuration: options.lockMs ?? LOCK_MS,
      stalledInterval: (options.lockMs ?? LOCK_MS) / 2,
      maxStalledCount: STALLS_ALLOWED,
      settings: { backoffStrategy: (attemptsMade) => backOffMs(attemptsMade, RETRY_DELAYS) },
    });
    this.worker.on('failed', (job, error) => job && this.failed(job, error));
    this.worker.on('lockRenewalFailed', (jobIds) => {
      for (const id of jobIds) this.running.get(id)?.abort(new Error(`job ${id} is no longer ours: its lock was lost`));
    });
    this.worker.on('error', (error) => void this.faced(error));
  }

  /** Takes no new job and lets those at work end. After 5 s it stops them, and they go back into the queue. */
  async close(): Promise<void> {
    this.ending = true;
    // Without Redis nothing can be written down any more. The jobs are found stalled later, and run again.
    const connected = this.connection.status === 'ready';
    if (!connected) this.abortAll();
    const closed = this.worker.close(!connected);
    if (!(await overWithin(closed, connected ? CLOSE_GRACE_MS : ABORTED_GRACE_MS))) {
      this.abortAll();
      if (!(await overWithin(closed, ABORTED_GRACE_MS)))
        this.logger.warn(
          { queue: this.name, jobs: [...this.running.keys()] },
          'jobs did not end in time: they run again later',
        );
    }
    await overWithin(Promise.all(this.lastWords), LAST_WORDS_GRACE_MS);
  }

  private async process(job: Job<unknown, void>, token: string | undefined): Promise<void> {
    const id = idOf(job);
    const data = this.read(job);
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      await this.options.process({
        id,
        data,
        attempt: job.attemptsMade + 1,
        log: async (line) => {
          await job.log(shownText(line, MOST_LOG_CHARACTERS));
        },
        progress: (progress) => job.updateProgress(progress),
        signal: controller.signal,
      });
    } catch (error) {
      if (this.ending && controller.signal.aborted) {
        // We stopped the job, so this does not count as a failed attempt.
        await this.putOff(job, token, BACK_AFTER_SHUTDOWN_MS);
      }
      if (error instanceof PostponedError) await this.putOff(job, token, error.delayMs);
      const shown = presentable(error instanceof Error ? error : new Error(errorText(error)));
      throw shown instanceof PermanentError ? unrecoverable(shown) : shown;
    } finally {
      this.running.delete(id);
    }
  }

  private read(job: Job<unknown, void>): T {
    try {
      return this.options.read(job.data, idOf(job));
    } catch (error) {
      throw unrecoverable(presentable(new UnreadableJobError(error)));
    }
  }

  private async putOff(job: Job<unknown, void>, token: string | undefined, delayMs: number): Promise<never> {
    await job.moveToDelayed(this.clock.nowMs() + Math.max(0, Math.round(delayMs)), token);
    throw new DelayedError();
  }

  /** BullMQ emits 'failed' after every attempt. The last one has no attempt left, or wants none. */
  private failed(job: Job<unknown, void>, error: Error): void {
    if (!isUnrecoverable(error) && job.attemptsMade < (job.opts.attempts ?? 1)) return;
    const said = this.sayLastWords(job, thrownBy(error)).finally(() => this.lastWords.delete(said));
    this.lastWords.add(said);
  }

  private async sayLastWords(job: Job<unknown, void>, error: Error): Promise<void> {
    if (error instanceof UnreadableJobError) {
      this.logger.error(
        { queue: this.name, job: job.id?.slice(0, SHOWN_ID), reason: error.message },
        'a job that cannot be read is failed: nothing was done for it',
      );
      return;
    }
    try {
      await this.options.onFinalFailure({ id: idOf(job), data: this.read(job), attempt: job.attemptsMade }, error);
    } catch (failure) {
      this.logger.error(
        { err: failure, queue: this.name, job: job.id, jobError: error.message },
        'the final failure of a job could not be reported',
      );
    }
  }

  private abortAll(): void {
    for (const controller of this.running.values()) controller.abort(new Error('the worker ends'));
  }

  /** BullMQ reports a job that it cannot read as an error without an id, again and again. */
  private async faced(error: Error): Promise<void> {
    if (this.connection.status !== 'ready' || this.ending) return;
    this.cleaning ??= takeOutUnreadable(this.redis.producer, this.worker, error, this.logger)
      .catch(() => 0) // Redis says the same to it as to BullMQ
      .finally(() => (this.cleaning = undefined));
    const taken = await this.cleaning;
    if (taken === 0) this.report(error);
    else this.redis.emit('lost');
  }

  /**
   * Logs errors of the machinery, one line a minute for each kind. Only the link says that Redis is away, once for all.
   */
  private report(error: Error): void {
    if (this.connection.status !== 'ready') return;
    const kind = error.message.replace(/\d+/g, '#').slice(0, 80);
    if (this.lines.turn(kind)) this.logger.warn({ queue: this.name, reason: error.message }, 'queue worker error');
  }
}

function idOf(job: { id?: string }): string {
  if (job.id === undefined) throw new Error('a job without an id');
  return job.id;
}
