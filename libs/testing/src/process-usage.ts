// What a process costs, from /proc (Linux; proc_pid_schedstat(5), proc_pid_smaps_rollup(5), proc_pid_io(5)). Nothing
// is sampled. These are the kernel's own counts, so the difference of two readings is what was spent between them.
import { readdir, readFile } from 'node:fs/promises';

/** USER_HZ is 100 on every Linux that Node runs on (time(7)). */
const TICK_MS = 10;

export interface Memory {
  /** resident now, shared pages counted whole */
  residentBytes: number;
  /** resident now, a page that n processes share counted 1/n: the only one of these that adds up over processes */
  proportionalBytes: number;
  /** the most that was ever resident */
  peakBytes: number;
}

export interface Written {
  /** handed to write(2) and its kin: files, pipes and sockets */
  calledBytes: number;
  /** sent to storage: pages of files made dirty */
  storedBytes: number;
}

/**
 * CPU of all threads that live, to the nanosecond. A thread that has ended takes its share along, so compare readings
 * of settled processes only.
 */
export async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const readings = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(ended)),
  );
  const spentNs = readings.map((reading) => Number(reading.split(' ')[0]));
  return spentNs.reduce((sum, each) => sum + each, 0) / 1e6;
}

/**
 * Since its start, in its own code and in the kernel's: steps of 10 ms, and no more than the kernel's guess where it
 * counts by ticks.
 */
export async function cpuSplitMs(pid: number): Promise<{ userMs: number; systemMs: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { userMs: Number(fields[11]) * TICK_MS, systemMs: Number(fields[12]) * TICK_MS };
}

export async function memoryOf(pid: number): Promise<Memory> {
  const [rollup, status] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  return {
    residentBytes: field(rollup, 'Rss') * 1024,
    proportionalBytes: field(rollup, 'Pss') * 1024,
    peakBytes: field(status, 'VmHWM') * 1024,
  };
}

export async function writtenBy(pid: number): Promise<Written> {
  const io = await readFile(`/proc/${pid}/io`, 'utf8');
  return { calledBytes: field(io, 'wchar'), storedBytes: field(io, 'write_bytes') };
}

export async function openDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** Of any of its threads. */
export async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(ended)),
  );
  return lists.flatMap((list) =>
    list
      .split(' ')
      .filter((each) => each !== '')
      .map(Number),
  );
}

/** Those of its children that run this program now. */
export async function childrenNamed(pid: number, program: string): Promise<number[]> {
  const children = await childrenOf(pid);
  const names = await Promise.all(children.map((child) => readFile(`/proc/${child}/comm`, 'utf8').catch(ended)));
  return children.filter((_, i) => names[i]?.trim() === program);
}

/** Share of all processors that did nothing between two readings: `idle` and `total` differ by it. */
export async function machineTime(): Promise<{ idle: number; total: number }> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), total: ticks.reduce((sum, each) => sum + each, 0) };
}

/**
 * A thread that ended between the listing and the reading (proc(5): ENOENT, or ESRCH from a file that was open by
 * then).
 */
function ended(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ESRCH') return '';
  throw error;
}

function field(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`/proc has no ${name}: wanted a Linux that counts it`);
  return Number(found);
}
