import { readdir, readFile } from 'node:fs/promises';

/** The children of a process by /proc, in the order of their numbers. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const each of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = await readFile(`/proc/${each}/stat`, 'utf8').catch(() => ''); // it may be gone by now
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) children.push(each);
  }
  return children.sort((a, b) => a - b);
}

/** The process's resident memory. */
export async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kilobytes) * 1024;
}
