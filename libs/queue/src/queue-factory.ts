import { Inject, Injectable } from '@nestjs/common';
import { overWithin, type Clock } from '@vr/base';
import { CLOCK, LOGGER, type Logger } from '@vr/service';
import type { RequestHandler } from 'express';
import { board, type BoardOptions } from './board';
import { JobQueue } from './job-queue';
import { QueueWorker, type WorkerOptions } from './queue-worker';
import { RedisLink } from './redis-link';

const CLOSE_DEADLINE_MS = 500;

/** The queues and workers of this process. */
@Injectable()
export class QueueFactory {
  private readonly queues = new Map<string, JobQueue<never>>();
  private readonly workers: { close: () => Promise<void> }[] = [];

  constructor(
    @Inject(RedisLink) private readonly redis: RedisLink,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The queue of that name. It is one object, however often it is asked for. */
  queue<T>(name: string): JobQueue<T> {
    // A queue holds no T and only takes them, so whoever names a queue decides the type of its jobs.
    const known = this.queues.get(name);
    if (known) return known;
    const queue = new JobQueue<T>(name, this.redis, this.logger);
    this.queues.set(name, queue);
    return queue;
  }

  /** Begins to process the queue's jobs, at once or as soon as Redis is there. */
  worker<T>(name: string, options: WorkerOptions<T>): void {
    this.workers.push(new QueueWorker<T>(name, options, this.redis, this.clock, this.logger));
  }

  /** Calls back when Redis comes (back), perhaps without what it held, and when it has thrown keys away. */
  onRedis(listener: () => void): void {
    this.redis.on('lost', listener);
  }

  /** Bull Board for these queues. Mount it at its basePath. */
  boardFor(queueNames: readonly string[], options: BoardOptions): RequestHandler {
    return board(
      queueNames.map((name) => this.queue(name).inner),
      () => this.redis.down,
      options,
    );
  }

  async closeWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  async closeClients(): Promise<void> {
    // A queue whose connection never came up waits for it when it closes. We do not wait for that.
    await overWithin(Promise.all([...this.queues.values()].map((queue) => queue.close())), CLOSE_DEADLINE_MS);
    this.redis.end();
  }
}
