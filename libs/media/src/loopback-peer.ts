/**
 * Tells from the kernel's own lists (proc(5)) who is at the other end of a connection on 127.0.0.1: this process and
 * its children, or anybody else. Every user of the machine can read the ports and paths in an ffmpeg's argv. He can
 * also choose a port for himself that we use elsewhere.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { pid as ourPid } from 'node:process';

const ESTABLISHED = '01';

export type Connection = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

/**
 * Whether this process, or one that we started, holds the far end of this connection. Where the lists do not exist (no
 * Linux), whoever knows the port counts as ours. Another program of our own user is refused as well: only who holds the
 * socket counts.
 */
export async function isOurProcess(connection: Connection): Promise<boolean> {
  const ourUid = process.getuid?.();
  const list = await readFile('/proc/net/tcp', 'utf8').catch(() => undefined);
  if (list === undefined || ourUid === undefined) return true;
  const peer = peerOf(connection, list);
  return peer?.uid === ourUid && (await isHeldByUs(peer.inode));
}

/**
 * The far end's socket in the text of /proc/net/tcp. Both ends must match, in exactly one row. Sockets that nobody
 * holds say root.
 */
export function peerOf(connection: Connection, list: string): { uid: number; inode: string } | undefined {
  const local = written(connection.remoteAddress, connection.remotePort);
  const remote = written(connection.localAddress, connection.localPort);
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/));
  const [row, ...more] = rows.filter(
    (fields) => fields[1] === local && fields[2] === remote && fields[3] === ESTABLISHED,
  );
  const [uid, inode] = [row?.[7], row?.[9]];
  if (local === undefined || remote === undefined || more.length > 0 || uid === undefined || inode === undefined)
    return undefined;
  return { uid: Number(uid), inode };
}

/** As the kernel writes an IPv4 address and port: the address as one number of this machine's byte order. */
function written(address: string | undefined, port: number | undefined): string | undefined {
  const bytes = address?.split('.').map(Number);
  if (bytes?.length !== 4 || port === undefined) return undefined;
  const number = new Uint32Array(Uint8Array.from(bytes).buffer)[0] ?? 0;
  return `${hex(number, 8)}:${hex(port, 4)}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}

async function isHeldByUs(inode: string): Promise<boolean> {
  const target = `socket:[${inode}]`;
  const held = await Promise.all((await ourProcesses()).map((pid) => holds(pid, target)));
  return held.includes(true);
}

/** This process and all its descendants: an ffmpeg may be a script that starts another. */
async function ourProcesses(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)));
  const isOurs = (pid: number): boolean => {
    const seen = new Set<number>();
    for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (at === ourPid) return true;
      seen.add(at);
    }
    return false;
  };
  return pids.filter(isOurs);
}

/** Undefined for a process that has just ended. The name, in brackets, may hold anything. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const parent = /^ \S (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

async function holds(pid: number, target: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.includes(target);
}
