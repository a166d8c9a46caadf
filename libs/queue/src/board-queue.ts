import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job, Queue } from 'bullmq';

type Shown = Awaited<ReturnType<BullMQAdapter['getJob']>>;
type Statuses = Parameters<BullMQAdapter['getJobs']>[0];
const TOO_DEEP = 'It is nested too deeply to be shown.';

/**
 * A queue as the board shows it. Anybody who reaches Redis can make a job that cannot be read or shown. Such a job does
 * not hide the others here.
 */
export class BoardQueue extends BullMQAdapter {
  constructor(private readonly shown: Queue<unknown, unknown>) {
    super(shown);
  }

  override async getJob(id: string): Promise<Shown> {
    return this.readJob(id);
  }

  override async getJobs(statuses: Statuses, start?: number, end?: number): ReturnType<BullMQAdapter['getJobs']> {
    const ids = await this.shown.getRanges(
      statuses.filter((status) => status !== 'paused'),
      start,
      end,
    );
    const jobs = await Promise.all(ids.map((id) => this.readJob(id)));
    return jobs.flatMap((job) => job ?? []);
  }

  /** A job that does not exist is undefined, although BullMQ's types deny it. */
  private async jobOf(id: string): Promise<Job<unknown, unknown> | undefined> {
    return this.shown.getJob(id);
  }

  private async readJob(id: string): Promise<Job<unknown, unknown> | undefined> {
    try {
      const job = await this.jobOf(id);
      if (job && !canBeWritten(job.data)) job.data = TOO_DEEP;
      return job && canBeWritten(job.toJSON()) ? job : undefined;
    } catch {
      return undefined; // the worker that meets it says what is wrong with it
    }
  }
}

function canBeWritten(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}
