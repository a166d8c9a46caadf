// Children that a killed process leaves. Nobody ends them; they have to find out by themselves.
import { readFile } from 'node:fs/promises';
import { until } from '@vr/testing';

interface Orphan {
  pid: number;
  /** in the kernel's ticks since boot: a number that comes again is another process */
  startedAt: string;
  sinceMs: number;
}

export class Orphans {
  /** The longest that one was seen to live on. */
  oldestMs = 0;
  private living: Orphan[] = [];
  private expected: Promise<void> = Promise.resolve();

  /** Call it with the children just before their parent is killed. */
  expect(pids: readonly number[]): void {
    const sinceMs = performance.now();
    this.expected = Promise.all(
      pids.map(async (pid) => {
        const startedAt = await startOf(pid);
        if (startedAt !== undefined) this.living.push({ pid, startedAt, sinceMs });
      }),
    ).then(() => undefined);
  }

  async prune(): Promise<void> {
    await this.expected;
    const alive = await Promise.all(this.living.map(async ({ pid, startedAt }) => (await startOf(pid)) === startedAt));
    this.living = this.living.filter((_, i) => alive[i]);
    this.oldestMs = Math.max(this.oldestMs, ...this.living.map(({ sinceMs }) => performance.now() - sinceMs));
  }

  /** Resolves once none is left. @throws where that takes longer */
  async gone(withinMs: number): Promise<void> {
    await until(() => this.prune().then(() => this.living.length === 0), {
      what: 'the ffmpegs of dead recorders to end',
      deadlineMs: withinMs,
    });
  }
}

/** Undefined where the process is gone, or is dead and not yet reaped (proc_pid_stat(5), fields 3 and 22). */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' ? fields[19] : undefined;
}
