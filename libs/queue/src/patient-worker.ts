import { setTimeout as wait } from 'node:timers/promises';
import { Worker, type Job } from 'bullmq';

const RETRY_MS = 1000;

/**
 * BullMQ's worker asks for the next job again at once when Redis refuses it one (out of memory, read-only, no
 * permission). Such a loop takes a core. Where it has no round trip in it, nothing else in the process runs, not even
 * the handler of SIGTERM. This worker waits in between.
 */
export class PatientWorker<T, R> extends Worker<T, R> {
  private readonly ending = new AbortController();

  override async close(force?: boolean): Promise<void> {
    this.ending.abort();
    return super.close(force);
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job<T, R>> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await wait(RETRY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
      throw error;
    }
  }
}
